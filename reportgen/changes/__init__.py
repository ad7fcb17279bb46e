"""From one period's ledger to the next (两期变化): which entry became which, and what is different."""
