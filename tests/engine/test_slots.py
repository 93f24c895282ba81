"""Slots: users that belong to nobody else, and to one sandbox at a time."""

import os
import pwd

import pytest

from milepost.engine.sandbox.slots import HIGH, LOW, choose_users, claim_slot, find_users

ALL = range(1 << 32)


@pytest.mark.skipif(not find_users(), reason="only root becomes other users")
def test_slots_that_are_held_at_once_share_no_user():
    slots = [claim_slot() for _ in range(200)]
    try:
        users = {uid for slot in slots for uid in (slot.guest_uid, slot.check_uid)}
        assert len(users) == 2 * len(slots)
        assert users.isdisjoint(entry.pw_uid for entry in pwd.getpwall())
    finally:
        for slot in slots:
            slot.release()


def test_users_that_somebody_else_may_have_are_not_taken():
    assert choose_users([ALL], []) == HIGH
    assert choose_users([ALL], [range(HIGH[100], HIGH[100] + 65536)]) == LOW
    both = [range(HIGH[-1], ALL[-1]), range(LOW[5], LOW[6])]
    assert choose_users([ALL], both) == range(0)


def test_users_that_a_container_does_not_have_are_not_taken():
    assert choose_users([range(65536)], []) == LOW
    assert choose_users([range(1)], []) == range(0)


def test_high_users_lie_where_systemd_and_containers_give_out_none():
    assert HIGH.start > 0x6FFFFFFF
    assert HIGH.stop < 0x7FFE0000
    assert os.geteuid() == 0 or not find_users()
