"""Judging (研判): from target and progress to 评价 and 推进情况, by rules that an office can read and change."""
