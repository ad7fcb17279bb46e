"""A period and its reports (期次和报告): its ledgers, what is wrong with them, the verdicts, the editions."""
