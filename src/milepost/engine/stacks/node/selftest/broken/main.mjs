// Raises an error where it is imported or started; see `contracts/broken`.
throw new Error("broken on purpose");
