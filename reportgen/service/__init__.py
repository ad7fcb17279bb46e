"""The intranet service (网上服务): pages for the staff, an API for their systems, work that survives a restart.

An import goes down here, too:

model  refusals  settings      what the service speaks of; how it says no; what IT sets,
  settings_file                in service.yaml
store/                         rows and files: what must not be lost
work/                          what a worker process makes of an order; knows no rows
jobs/                          the queue: one process for each job, watched, bounded, begun again
office/                        what a person may do and what comes of it; pages and API alike call it
  setting/  units/  reports/   the files that set a report; the units' side; a period, its ledgers and editions
doors/                         who asks, how much may be sent, what an error looks like
pages/  api/                   HTML for people, JSON for their systems; neither knows the other
app  serving                   all of it put together; the process that serves it
"""
