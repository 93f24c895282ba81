// When an invoice is overdue.
