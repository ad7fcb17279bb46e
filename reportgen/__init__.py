"""reportgen（督查报告生成）: a ledger of goals and tasks in, the official report out, as DOCX and PDF.

The house, from the ground up; an import goes down, never up:

0 problems                     what is wrong, where, how to mend it
1 document  styles  rules  numbering  source  yaml_nodes  grid  package  confine  fingerprint  pdf_engine
                               the tree, its look, ordinals, text files with places, tables with spans;
                               what a file is, and reading it within limits; equal contents known
                               by equal fingerprints
  limits  versions             how much of anything is read; below which version no library may be
  bounded  fork_server  processes  locks  temporary  naming
                               what a worker process may use; worker processes that can be killed alone;
                               what a run holds while it lives; temporary files; names that every system takes
  likeness                     how alike two texts are, and the form in which names are compared
  word/                        a Word file as its reader sees it
  quantities/                  figures in Chinese text: amounts, periods, what is said of which indicator; sentences;
                               which words say that a task is finished
2 ledger/                      台账: files in (files/: as tables), goals and tasks out; the register of the units
  intake/                      收发反馈: who answers for what; returns as rows, rows to entries, all into one ledger
  issued/                      已印发的报告: a finished report back to the ledger it came from
  judging/                     研判: rules → verdict and status, each with its evidence
  changes/                     两期变化: two ledgers → what became of each entry
  template/                    模板: configuration + ledger → document tree
3 writers/                     document tree + style sheet → DOCX, PDF, HTML, outline
4 review/                      readback*: our own files back to their outline
                               opening; page* sheets passages a PDF's pages as their reader sees them
                               zones forms: which element is what, how it is written; findings
                               format_docx* format_pdf*: the format check, one module for each kind of thing
  proof/                       校核: a manuscript held against itself: texts, rules, findings, how to tell them
                               manuscripts/: ledgers, trees, Word files and PDFs as manuscripts
                               families/: the rules, a module for each family
                               review_copy/: findings as comments in a Word file
  comparison/                  比对: two files → differences as a person says them
                               contents/: a file of any kind as what it shows
                               counterparts/: which block, row, column, cell belongs to which
                               differences/: text, structure, style; pages/: the pages of two PDFs
                               files/: files, folders, archives, and what is ignored of them
5 inputs  generate  publish  stages  lint  doctor  distribute  importing
                               what a configuration names; the one road; files all or none, and where they wait
                               beside their places; the format check;
                               what this machine can do; the return forms of the units;
                               an issued report back to its ledger
  collect  arrivals  receiving  target  collect_view
                               the returns of the units into one ledger: the road, which files are returns,
                               what they say, the ledger that stands there already, what is shown of it all
  check  check_basis  check_view  check_files
                               proofreading of any input: the road, the rules, what is shown of it, what it writes
  compare  compare_view        two files, folders or archives held against each other: the road, what is shown of it
  judge  reached               a ledger judged by the rules, its empty cells filled; how far each goal has come
  period_changes  former  period_view  period_book
                                 two ledgers → what changed: the road, the former ledger of a report, what is shown
                                 of it, as a workbook
  engine/                      where work runs: processes of this machine, or a Dask cluster
  unit_sets/                   one report → a file set for each unit: plan, rendering, index, one rename
  pages/                       what a command found out, as a page for the eye
6 cli/                         the command line
  service/                     网上服务: pages for the staff, an API for their systems, jobs that survive a restart
  testing/                     比对基准: the pytest plugin that holds an office's reports against accepted ones
"""

__version__ = "0.1.0"
