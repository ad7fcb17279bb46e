"""Every problem code (问题代码) in the source is raised by some bad file, or by a test that is named here."""

from __future__ import annotations

import ast
import logging
import re
from pathlib import Path

import pytest

import reportgen
from reportgen.comparison.kinds import KINDS
from reportgen.problems import EnvironmentLacking
from reportgen.rules import Rule
from reportgen.service.settings_file import NAME as SETTINGS_FILE
from reportgen.styles import FontRole
from reportgen.writers import pdf
from reportgen.writers.css import FontPlan
from reportgen.writers.pdf_faces import refuse_foreign
from tests.bad_configs import BAD_CONFIGS
from tests.bad_files import BAD_FILES
from tests.bad_ledgers import BAD_LEDGERS
from tests.bad_returns import BAD_RETURNS
from tests.word_returns import BAD_RETURNS as BAD_WORD_RETURNS
from tests.word_returns import KIT as ODD_WORD_RETURNS

PACKAGE = Path(reportgen.__file__).parent
TESTS = Path(__file__).parent

# Raised by no bad file: they come from this machine, the output folder or the finished pages, or do not stop a file.
ELSEWHERE = {
    "library.outdated": (
        "test_versions.py::test_a_library_that_is_too_old_is_told_with_what_it_lets_happen_and_what_to_do"
    ),
    "service.no-unit": "test_service_api.py::test_every_refusal_has_one_shape_in_words",
    "service.draft-clash": "test_service_api.py::test_a_unit_fills_in_by_its_link_and_the_office_collects",
    "service.forms-making": "test_service_api.py::test_a_unit_fills_in_by_its_link_and_the_office_collects",
    "service.key-taken": "test_service_api.py::test_one_key_makes_one_period_however_often_it_is_sent",
    "service.not-done": "test_service_api.py::test_equal_builds_asked_for_at_once_are_one_job",
    "service.not-kept": "test_service_api.py::test_equal_builds_asked_for_at_once_are_one_job",
    "service.period-origin": "test_service_api.py::test_every_refusal_has_one_shape_in_words",
    "service.under-way": (
        "test_service_api.py::test_while_a_request_is_under_way_its_twin_waits_and_what_died_is_taken_over"
    ),
    "service.webhook-address": "test_service_api.py::test_every_refusal_has_one_shape_in_words",
    "service.webhook-known": "test_service_api.py::test_an_address_is_registered_once_and_not_too_many_are",
    "service.webhooks-many": "test_service_api.py::test_an_address_is_registered_once_and_not_too_many_are",
    "service.wrong-content": "test_service_api.py::test_every_refusal_has_one_shape_in_words",
    "pdf.no-typst": "test_typst.py::test_a_machine_without_the_library_is_told_how_to_go_on",
    "pdf.typst-failed": "test_typst.py::test_source_that_asks_for_a_file_or_the_network_is_refused_in_words",
    "accept.bad-key": "test_acceptances.py::test_what_is_no_reason_or_no_number_is_told",
    "accept.no-head": "test_acceptances.py::test_a_spoilt_head_is_told_and_the_sheet_counts_as_not_read",
    "accept.no-key": "test_acceptances.py::test_what_is_no_reason_or_no_number_is_told",
    "accept.no-ledger": "test_acceptances.py::test_the_file_beside_is_made_and_kept",
    "accept.no-reason": "test_acceptances.py::test_what_is_no_reason_or_no_number_is_told",
    "accept.twice": "test_acceptances.py::test_two_rows_of_one_finding_are_one_and_a_difference_is_told",
    "accept.unfound": "test_acceptances.py::test_findings_that_are_none_any_more_are_told_in_one_sentence",
    "charts.no-library": "test_charts.py::test_without_its_library_a_chart_is_told_with_what_to_install",
    "changes.no-ledger": "test_period_changes.py::test_what_is_no_ledger_is_refused_in_words",
    "changes.same-file": "test_period_changes.py::test_the_same_file_twice_is_told_in_a_sentence",
    "check.too-long": "test_hostile_check.py::test_a_file_with_far_too_much_text_is_not_looked_through",
    "check.unread-copy": "test_hostile_check.py::test_a_copy_that_cannot_be_read_is_not_written_over",
    "check.changed": "test_check.py::test_a_ledger_that_somebody_saves_meanwhile_is_not_written_over",
    "check.has-reasons": "test_check.py::test_an_excel_copy_in_which_somebody_wrote_reasons_is_not_written_over",
    "check.unknown-key": "test_check.py::test_a_number_that_no_finding_has_is_refused_and_nothing_is_written",
    "cluster.differs": "test_engine_cluster.py::test_workers_that_differ_are_told_by_name_with_both_values",
    "cluster.lost": "test_engine_cluster.py::test_a_cluster_without_workers_any_more_and_a_lost_scheduler_end_the_run",
    "cluster.no-answer": "test_engine_cluster.py::test_the_jobs_of_a_worker_that_stands_still_are_made_by_another",
    "cluster.no-workers": "test_engine_cluster.py::test_no_worker_and_one_without_reportgen_are_told",
    "cluster.not-installed": "test_engine_cluster.py::test_a_machine_without_dask_says_what_to_install",
    "cluster.unreachable": "test_engine_cluster.py::test_a_scheduler_that_is_not_there_is_told_in_one_sentence",
    "compare.bad-pattern": "test_compare_ignoring.py::test_what_is_wrong_with_a_file_of_rules_is_told_at_its_line",
    "compare.bad-rule": "test_compare_ignoring.py::test_what_is_wrong_with_a_file_of_rules_is_told_at_its_line",
    "compare.changed": "test_compare_folders.py::test_an_archive_that_changes_meanwhile_is_told",
    "compare.kinds-differ": (
        "test_compare.py::test_files_of_different_kinds_are_refused_and_a_word_file_with_a_pdf_is_not"
    ),
    "compare.no-files": (
        "test_compare_folders.py::test_two_folders_without_a_file_and_a_folder_with_a_file_are_refused"
    ),
    "compare.no-layer": (
        "test_compare.py::test_a_layer_that_no_such_file_has_is_refused_and_one_of_several_is_a_warning"
    ),
    "compare.same-file": "test_compare.py::test_the_same_file_twice_is_a_warning",
    "compare.slow-rule": "test_compare_ignoring.py::test_a_pattern_that_never_ends_is_stopped_and_its_rule_is_named",
    "compare.too-long": "test_compare.py::test_a_text_of_far_too_many_lines_is_refused",
    "compare.too-many-files": "test_compare_folders.py::test_a_folder_with_far_too_much_in_it_is_refused",
    "compare.unknown-kind": "test_compare_ignoring.py::test_what_is_wrong_with_a_file_of_rules_is_told_at_its_line",
    "compare.unused-rule": "test_compare_ignoring.py::test_a_rule_that_nothing_came_under_is_a_warning_at_its_line",
    "config.scheduler-missing": (
        "test_engine_choosing.py::test_a_cluster_without_an_address_is_told_with_the_place_that_asks_for_it"
    ),
    "config.unused-option": "test_engine_choosing.py::test_an_option_that_would_say_nothing_is_refused",
    "collect.bad-target": "test_collect.py::test_a_target_that_cannot_be_one_is_refused_before_anything_is_read",
    "collect.no-returns": "test_collect.py::test_returns_that_are_not_there_or_too_many_are_refused",
    "collect.other-period": "test_collect.py::test_a_ledger_of_another_period_is_not_collected_into",
    "collect.spoilt-record": "test_collect.py::test_a_spoilt_record_is_refused",
    "collect.target-changed": "test_collect.py::test_the_ledger_is_not_written_over_what_somebody_saved_meanwhile",
    "collect.target-open": "test_collect.py::test_a_target_that_cannot_be_one_is_refused_before_anything_is_read",
    "collect.too-many-files": "test_collect.py::test_returns_that_are_not_there_or_too_many_are_refused",
    "collect.too-many-origins": "test_collect.py::test_more_texts_than_can_be_read_again_are_refused",
    "collect.too-many-texts": "test_collect.py::test_one_absurd_return_is_told_by_its_name_and_stops_no_other",
    "collect.would-lose": "test_collect.py::test_what_would_be_lost_from_the_target_is_named_and_nothing_is_written",
    "edit.covered-cell": "test_workbook_edit.py::test_what_must_not_be_overwritten_is_refused_and_nothing_is_half_done",
    "edit.drawing": "test_workbook_review.py::test_a_drawing_that_is_none_is_refused",
    "edit.filled": "test_workbook_edit.py::test_what_must_not_be_overwritten_is_refused_and_nothing_is_half_done",
    "edit.formula": "test_workbook_edit.py::test_what_must_not_be_overwritten_is_refused_and_nothing_is_half_done",
    "edit.locked-structure": "test_workbook_edit.py::test_a_sheet_is_not_put_where_it_must_not_be",
    "edit.locked": "test_workbook_edit.py::test_signed_and_locked_workbooks_are_told",
    "edit.long-text": "test_workbook_edit.py::test_what_must_not_be_overwritten_is_refused_and_nothing_is_half_done",
    "edit.no-cell": "test_workbook_edit.py::test_what_must_not_be_overwritten_is_refused_and_nothing_is_half_done",
    "edit.no-sheet": "test_workbook_edit.py::test_what_must_not_be_overwritten_is_refused_and_nothing_is_half_done",
    "edit.protected": "test_workbook_edit.py::test_locked_cells_stay_closed_and_open_ones_do_not",
    "edit.signed": "test_workbook_edit.py::test_signed_and_locked_workbooks_are_told",
    "edit.table": "test_workbook_edit.py::test_a_sheet_is_not_put_where_it_must_not_be",
    "edit.too-large": "test_workbook_edit.py::test_a_workbook_too_large_to_be_changed_is_told",
    "forms.empty-text": "test_forms.py::test_a_bad_form_is_told_with_its_place_before_anything_is_written",
    "forms.long-text": "test_forms.py::test_a_bad_form_is_told_with_its_place_before_anything_is_written",
    "duties.needs-register": (
        "test_forms.py::test_without_a_register_each_name_of_the_ledger_gets_a_form_and_group_names_are_told"
    ),
    "forms.same-title": "test_forms.py::test_a_bad_form_is_told_with_its_place_before_anything_is_written",
    "duties.unknown-unit": "test_forms.py::test_an_unknown_unit_is_refused_with_the_nearest_name",
    "duties.unreached": "test_forms.py::test_a_vague_name_is_told_and_a_task_that_reaches_nobody_too",
    "import.count": "test_import.py::test_numbers_that_a_report_states_are_held_against_the_rows",
    "import.filled-down": "test_import.py::test_empty_categories_are_filled_from_above_and_that_is_told",
    "import.joined-rows": "test_import.py::test_a_task_over_several_rows_is_one_and_that_is_told",
    "import.kept-column": "test_import.py::test_columns_that_the_program_does_not_know_are_kept_and_told",
    "import.left-rows": "test_import.py::test_a_row_that_gives_no_task_is_told_with_its_place",
    "import.no-status": "test_import.py::test_a_plain_task_table_gives_all_rows_and_says_that_no_status_is_known",
    "import.no-table": "test_import.py::test_what_is_no_report_is_refused_in_words_and_nothing_is_written",
    "import.no-verdict": "test_import.py::test_a_list_that_cannot_be_cut_as_stated_is_told_and_the_verdict_left_open",
    "import.numbers": "test_import.py::test_a_leap_in_the_numbers_and_an_unnumbered_row_are_seen",
    "import.units-differ": "test_import.py::test_a_paragraph_about_no_lagging_task_and_other_units_are_told",
    "import.unmatched-item": "test_import.py::test_a_paragraph_about_no_lagging_task_and_other_units_are_told",
    "import.unread-list": "test_import.py::test_a_list_that_cannot_be_cut_as_stated_is_told_and_the_verdict_left_open",
    "import.unread-row": "test_import.py::test_a_row_over_all_columns_without_anything_below_is_told",
    "import.unread-table": "test_import.py::test_a_table_that_is_none_of_a_ledgers_is_told_beside_those_that_are",
    "import.unread-text": "test_import.py::test_a_sentence_with_figures_that_went_nowhere_is_told",
    "import.unsure-phrase": "test_import.py::test_words_unlike_any_goal_are_told",
    "import.verdicts-differ": "test_import.py::test_a_verdict_in_the_table_stands_where_the_body_says_another",
    "output.exists": "test_import.py::test_a_file_that_is_there_stays_unless_it_says_the_same",
    "ids.duplicate": "test_forms.py::test_a_number_that_two_tasks_have_is_refused",
    "judge.changed": "test_judge_command.py::test_a_ledger_that_changed_or_is_open_is_not_written",
    "judge.no-period": "test_judge_command.py::test_a_period_that_says_no_month_is_refused_at_its_line",
    "judge.no-room": "test_judge_command.py::test_two_ledger_files_of_one_name_and_a_full_head_are_refused_for_writing",
    "judge.no-workbook": (
        "test_judge_command.py::test_a_ledger_that_is_no_workbook_is_not_written_but_can_be_saved_as_one"
    ),
    "output.open": "test_judge_command.py::test_a_ledger_that_changed_or_is_open_is_not_written",
    "judge.other-ending": "test_judge_command.py::test_a_workbook_is_saved_elsewhere_as_its_own_copy",
    "judge.same-name": (
        "test_judge_command.py::test_two_ledger_files_of_one_name_and_a_full_head_are_refused_for_writing"
    ),
    "record.no-period": "test_keeping.py::test_a_record_that_lost_its_period_is_told",
    "layout.long-title": "test_fit.py::test_a_title_line_that_would_break_inside_a_word_is_told",
    "layout.tall-chart": "test_charts.py::test_a_chart_taller_than_its_page_is_told",
    "layout.long-line": "test_fit.py::test_a_text_of_the_head_or_imprint_that_its_line_has_no_room_for_is_told",
    "layout.small-mark": "test_fit.py::test_a_mark_smaller_than_the_title_is_told",
    "file.not-understood": "test_confine.py::test_a_bug_is_told_with_its_place_and_no_word_of_python",
    "file.closed-folder": "test_arrivals.py::test_a_folder_that_cannot_be_looked_into_is_a_file_that_cannot_be_read",
    "file.no-time-left": "test_confine.py::test_what_no_time_is_left_for_is_told_and_not_begun",
    "file.unseen-text": "test_lint_door.py::test_what_of_a_word_file_is_not_looked_at_is_said",
    "file.scanned-pages": "test_lint_door.py::test_a_partly_scanned_pdf_is_checked_and_its_scanned_pages_are_named",
    "file.too-slow": "test_confine.py::test_what_never_ends_is_ended_and_told",
    "file.wrong-suffix": "test_lint_door.py::test_a_wrong_suffix_is_said_and_the_file_is_taken_for_what_it_is",
    "fonts.foreign": "test_problem_codes.py::test_an_embedded_face_of_unknown_origin_is_refused",
    "fonts.no-face": "test_cli.py::test_a_machine_without_a_chinese_face_is_refused_with_exit_code_3",
    "fonts.no-glyph": "test_cli.py::test_a_character_that_no_face_has_is_refused_with_its_ledger_cell",
    "fonts.stand-in": "test_fonts.py::test_noto_stands_in_with_a_warning_for_each_role_of_another_kind",
    "fonts.unreadable": "test_cli.py::test_a_damaged_font_file_is_refused_by_build_and_doctor",
    "output.changed-meanwhile": "test_staging.py::test_some_units_do_not_replace_what_another_run_put_there_meanwhile",
    "output.changed-file": "test_staging.py::test_what_somebody_changed_is_refused_before_anything_is_made",
    "output.is-a-set": "test_staging.py::test_a_report_is_not_written_among_a_set",
    "output.is-current-folder": "test_staging.py::test_the_current_folder_is_not_replaced",
    "output.not-a-set": "test_staging.py::test_a_folder_that_is_not_a_set_is_refused",
    "output.left-over": "test_publish.py::test_a_file_of_an_earlier_run_beside_the_new_ones_is_told",
    "output.filled-form": "test_forms.py::test_a_form_that_somebody_has_filled_in_is_never_replaced",
    "output.cannot-write": "test_publish.py::test_a_folder_that_cannot_be_made_is_refused_with_its_name",
    "pdf.engine": "test_problem_codes.py::test_what_the_engine_complains_of_is_told",
    "pdf.no-pango": "test_cli.py::test_without_pango_the_pdf_is_refused_with_exit_code_3_and_the_line_to_run",
    "review.left-out": "test_workbook_review.py::test_what_is_written_beside_the_list_is_told",
    "review.thread": "test_workbook_review.py::test_a_conversation_is_left_alone_and_that_is_told",
    "changes.id-reused": "test_changes_between.py::test_an_id_that_another_task_has_now_is_not_believed_and_told",
    "changes.id-twice": "test_changes_between.py::test_an_id_used_twice_is_told_with_its_cells_and_names_nothing",
    "changes.ids-anew": "test_changes_between.py::test_ids_given_anew_in_each_period_are_told_once_and_not_used",
    "changes.little-in-common": (
        "test_changes_between.py::test_ledgers_with_nothing_in_common_are_probably_the_wrong_files"
    ),
    "changes.merged": ("test_changes_between.py::test_a_split_or_a_merger_that_can_be_doubted_is_told_to_be_looked_at"),
    "changes.no-judgement": "test_changes_between.py::test_a_ledger_without_judgements_cannot_say_what_lags",
    "changes.period-order": (
        "test_changes_between.py::test_two_ledgers_of_one_period_and_two_in_the_wrong_order_are_told"
    ),
    "changes.same-ledger": "test_changes_between.py::test_the_same_ledger_twice_is_told",
    "changes.same-period": (
        "test_changes_between.py::test_two_ledgers_of_one_period_and_two_in_the_wrong_order_are_told"
    ),
    "changes.sheet-missing": "test_changes_between.py::test_a_sheet_that_one_ledger_lacks_is_told_and_not_compared",
    "changes.split": ("test_changes_between.py::test_a_split_or_a_merger_that_can_be_doubted_is_told_to_be_looked_at"),
    "changes.unfounded": "test_changes_between.py::test_a_better_judgement_without_any_new_progress_is_told",
    "changes.unsure": (
        "test_changes_between.py::test_tasks_that_differ_in_a_word_are_not_one_and_are_told_to_be_looked_at"
    ),
    "program.not-begun": "test_confine.py::test_a_worker_that_ends_before_it_begins_is_no_fault_of_the_file",
    "render.bug": "test_engine_local.py::test_any_other_failure_is_told_with_its_place_alone",
    "render.killed": "test_engine_local.py::test_a_job_that_ends_its_process_is_told_and_its_neighbours_are_untouched",
    "render.too-big": "test_engine_local.py::test_a_job_that_eats_the_memory_is_told",
    "render.too-slow": "test_engine_local.py::test_a_job_that_hangs_is_ended_at_its_limit_however_it_hangs",
    "review.comment-moved": (
        "test_word_copy.py::"
        "test_what_is_nowhere_stands_at_its_row_else_at_the_title_says_where_it_belongs_and_is_counted"
    ),
    "template.bad-file-name": (
        "test_unit_template.py::test_a_file_name_that_comes_out_empty_or_of_several_lines_is_told_with_the_unit"
    ),
    "template.not-per-unit": "test_unit_template.py::test_another_template_is_refused_for_the_units",
    "template.per-unit": "test_unit_template.py::test_a_template_for_one_unit_is_refused_for_a_report",
    "template.unknown-theme": "test_tables.py::test_an_unknown_theme_is_told_with_its_place_and_the_nearest_name",
    "return.long-text": "test_matching.py::test_a_text_longer_than_any_task_is_not_looked_for",
    "return.aside": "test_returns.py::test_a_habit_is_read_and_its_problems_are_told",
    "return.continued-row": "test_returns.py::test_a_habit_is_read_and_its_problems_are_told",
    "return.continued-table": "test_returns.py::test_a_habit_is_read_and_its_problems_are_told",
    "return.duplicate-column": "test_returns.py::test_a_habit_is_read_and_its_problems_are_told",
    "return.empty-progress": "test_returns.py::test_a_habit_is_read_and_its_problems_are_told",
    "return.extra-cell": "test_returns.py::test_a_habit_is_read_and_its_problems_are_told",
    "return.from-passages": "test_returns.py::test_a_habit_is_read_and_its_problems_are_told",
    "return.guessed-column": "test_returns.py::test_a_habit_is_read_and_its_problems_are_told",
    "return.id-text-differs": "test_matching.py::test_a_number_beside_a_text_that_nobody_knows_is_not_believed",
    "return.no-progress-column": "test_returns.py::test_a_habit_is_read_and_its_problems_are_told",
    "return.no-rows": "test_returns.py::test_a_habit_is_read_and_its_problems_are_told",
    "return.shared-progress": "test_returns.py::test_a_habit_is_read_and_its_problems_are_told",
    "return.unit-contradiction": "test_returns.py::test_a_habit_is_read_and_its_problems_are_told",
    "return.unknown-id": "test_matching.py::test_an_unknown_number_is_told_and_the_text_decides",
    "return.unknown-unit": "test_returns.py::test_a_habit_is_read_and_its_problems_are_told",
    "return.unplaced": "test_returns.py::test_a_habit_is_read_and_its_problems_are_told",
    "return.unread-table": "test_returns.py::test_a_habit_is_read_and_its_problems_are_told",
    "return.unread-text": "test_returns.py::test_a_habit_is_read_and_its_problems_are_told",
    "units.bad-name": ("test_unit_zip.py::test_a_name_that_could_lead_astray_is_refused_and_nothing_is_written"),
    "units.failed": "test_unit_sets.py::test_with_one_document_that_fails_nothing_is_put_in_place",
    "units.gone": "test_unit_sets.py::test_a_unit_that_is_gone_leaves_the_set_and_is_told",
    "units.name-taken": "test_unit_sets.py::test_a_name_that_another_unit_has_now_is_not_written_over",
    "units.stale": "test_unit_sets.py::test_units_asked_for_alone_are_renewed_and_the_others_told_as_out_of_date",
    "units.sum": "test_reconciling.py::test_a_dropped_row_is_told_with_unit_and_entry",
    "units.unreached": (
        "test_reconciling.py::test_entries_that_the_template_leaves_out_are_told_unless_it_does_so_on_purpose"
    ),
    "units.unresolved": "test_reconciling.py::test_a_vague_name_is_listed_with_its_entry_and_told_once",
    "pdf.whole-face": "test_pdf_warm.py::test_a_damaged_face_that_goes_in_whole_is_told",
    "pdf.no-subset": "test_problem_codes.py::test_slow_subsetting_is_told",
    "service.already-serving": (
        "test_service_serving.py::test_it_starts_quickly_is_alone_prints_one_address_and_ends_well"
    ),
    "service.bad-request": "test_service_doors.py::test_a_wrong_form_is_told_field_by_field",
    "service.bug": "test_service_doors.py::test_a_fault_has_one_shape_for_programs_and_a_page_for_people",
    "service.foreign": "test_service_doors.py::test_a_form_of_another_site_does_nothing",
    "service.last-admin": "test_service_people.py::test_one_administrator_always_remains",
    "service.link-used": (
        "test_service_people.py::test_the_printed_address_signs_in_once_and_what_only_looks_at_it_does_not_use_it_up"
    ),
    "service.login-taken": "test_service_people.py::test_an_administrator_lets_people_in_and_out",
    "service.no-address": "test_service_serving.py::test_what_keeps_it_from_starting_is_told_in_a_sentence",
    "service.no-doctor": "test_service_people.py::test_a_look_at_faces_that_comes_to_nothing_is_told",
    "service.not-allowed": "test_service_people.py::test_what_is_the_administrator_s_is_nobody_else_s",
    "service.not-found": "test_service_doors.py::test_unknown_addresses_and_methods_are_told_in_chinese",
    "service.not-installed": "test_service_serving.py::test_what_keeps_it_from_starting_is_told_in_a_sentence",
    "service.not-signed-in": (
        "test_service_doors.py::test_bodies_have_their_limit_and_files_a_larger_one_from_who_is_known"
    ),
    "service.port-taken": "test_service_serving.py::test_it_starts_quickly_is_alone_prints_one_address_and_ends_well",
    "service.file-missing": "test_service_rights.py::test_a_file_that_somebody_removed_is_told",
    "service.listeners": "test_service_rights.py::test_one_person_does_not_take_all_places_of_those_who_listen",
    "service.too-many-failures": "test_service_people.py::test_five_wrong_passwords_make_wait_whoever_it_is",
    "service.too-many-tokens": "test_service_people.py::test_no_more_than_twenty_tokens",
    "service.too-slow": "test_service_doors.py::test_a_body_that_stands_still_or_drips_is_ended",
    "service.unknown-setting": "test_service_settings.py::test_what_is_wrong_is_told_at_its_line",
    "service.weak-password": (
        "test_service_people.py::test_the_first_administrator_has_ten_minutes_and_there_is_one_address"
    ),
    "service.wrong-form": "test_service_doors.py::test_a_wrong_form_is_told_field_by_field",
    "service.wrong-method": "test_service_doors.py::test_unknown_addresses_and_methods_are_told_in_chinese",
    "service.wrong-setting": "test_service_settings.py::test_what_is_wrong_is_told_at_its_line",
    "golden.unknown-layer": "test_testing_plugin.py::test_a_layer_that_there_is_not_is_told_with_those_that_there_are",
    "service.busy": (
        "test_service_store_faults.py::test_a_database_that_somebody_else_holds_is_told_and_goes_on_afterwards"
    ),
    "service.data-folder": "test_service_store_faults.py::test_a_data_folder_that_is_a_file_is_told",
    "service.database-broken": "test_service_store_faults.py::test_what_is_no_database_of_ours_is_told_in_a_sentence",
    "service.database-unreachable": (
        "test_service_store_faults.py::test_a_database_that_does_not_answer_is_told_without_its_password"
    ),
    "service.database-url": (
        "test_service_store_faults.py::test_an_address_that_cannot_be_used_is_told_without_its_password"
    ),
    "service.disk-full": (
        "test_service_store_faults.py::test_on_a_full_disk_nothing_is_lost_and_it_goes_on_when_there_is_room"
    ),
    "service.newer-database": "test_service_store.py::test_a_database_of_a_newer_program_is_left_alone",
    "service.too-large": "test_service_store_faults.py::test_an_upload_that_is_too_long_or_breaks_off_leaves_nothing",
    "service.job-bug": (
        "test_service_jobs.py::test_memory_ends_where_it_was_set_and_a_fault_of_the_program_is_told_without_its_words"
    ),
    "service.job-crashed": "test_service_jobs.py::test_a_crash_is_tried_once_more_and_then_told_with_its_signal",
    "service.job-killed": "test_service_jobs.py::test_a_job_that_is_killed_each_time_is_given_up_some_day",
    "service.job-memory": (
        "test_service_jobs.py::test_memory_ends_where_it_was_set_and_a_fault_of_the_program_is_told_without_its_words"
    ),
    "service.job-slow": ("test_service_jobs.py::test_what_hangs_is_killed_at_its_limit_and_the_next_one_is_done"),
    "service.queue-full": (
        "test_service_queue.py::test_too_many_of_one_person_or_of_all_are_refused_and_known_ones_are_not"
    ),
    "service.queue-own": (
        "test_service_queue.py::test_too_many_of_one_person_or_of_all_are_refused_and_known_ones_are_not"
    ),
    "service.joined-cell": "test_service_work.py::test_a_cell_joined_over_several_rows_is_not_changed_for_one_of_them",
    "service.ledger-changed": "test_service_orders.py::test_what_was_made_of_an_old_ledger_replaces_no_newer_one",
    "service.long-answer": "test_service_work.py::test_what_is_no_task_of_the_unit_or_too_long_is_refused",
    "service.no-cluster": "test_service_work.py::test_a_configuration_calls_no_cluster",
    "service.no-entry": "test_service_work.py::test_an_override_of_nothing_or_with_unknown_words_is_refused",
    "service.no-file": "test_service_orders.py::test_two_editions_are_compared_by_their_files_and_one_without_is_told",
    "service.no-judgement": "test_service_work.py::test_an_override_of_nothing_or_with_unknown_words_is_refused",
    "service.no-ledger": "test_service_orders.py::test_without_a_ledger_there_is_nothing_to_order",
    "service.no-task": "test_service_work.py::test_what_is_no_task_of_the_unit_or_too_long_is_refused",
    "service.no-tasks": "test_service_work.py::test_what_is_no_task_of_the_unit_or_too_long_is_refused",
    "service.outside": "test_service_work.py::test_a_configuration_names_nothing_outside_of_its_order",
    "service.large-draft": "test_service_unit_drafts.py::test_a_draft_without_end_is_refused",
    "service.link-days": (
        "test_service_unit_returns.py::test_only_the_office_gives_out_links_and_for_days_that_make_sense"
    ),
    "service.link-gone": "test_service_unit_pages.py::test_no_address_that_somebody_makes_up_shows_anything",
    "service.no-returns": (
        "test_service_unit_returns.py::test_what_came_in_becomes_a_new_version_of_the_ledger_and_the_old_one_stays"
    ),
    "service.return-unchecked": (
        "test_service_unit_returns.py::test_a_return_whose_check_was_cancelled_says_so_and_can_be_checked_after_all"
    ),
    "service.still-checking": (
        "test_service_unit_returns.py::test_nothing_is_collected_while_a_return_is_looked_at_or_of_one_that_nothing_came_of"
    ),
    "service.too-many-files": "test_service_unit_returns.py::test_too_many_files_at_once_and_none_are_refused",
    "service.changed-meanwhile": (
        "test_service_setting_files.py::test_of_two_who_change_a_file_the_later_one_sees_both_and_loses_nothing"
    ),
    "service.no-text": "test_service_setting_files.py::test_what_is_no_text_is_not_written_over_on_the_page",
    "service.own-already": (
        "test_service_setting_files.py::test_the_program_s_template_is_copied_and_the_configuration_names_the_copy"
    ),
    "service.same-edition": "test_service_editions.py::test_what_cannot_be_compared_is_told",
    "service.wrong-name": "test_service_setting_files.py::test_a_name_that_leads_elsewhere_is_none_of_a_setting_file",
    "service.not-storable": "test_service_store.py::test_what_no_database_can_keep_is_told",
    "config.not-by-form": (
        "test_service_steps.py::test_json_keeps_its_other_values_and_a_form_that_does_not_fit_is_refused"
    ),
    "service.period-title": (
        "test_service_steps.py::test_values_that_do_not_fit_are_refused_and_who_comes_second_is_told"
    ),
    "service.file-not-sent": "test_service_steps.py::test_files_of_which_no_period_can_be_made_are_refused_in_words",
    "service.two-configurations": (
        "test_service_steps.py::test_files_of_which_no_period_can_be_made_are_refused_in_words"
    ),
    "service.no-file-chosen": (
        "test_service_walk.py::test_progress_is_told_as_it_comes_and_goes_on_where_a_listener_was_cut_off"
    ),
    "service.no-configuration": "test_service_steps.py::test_files_of_which_no_period_can_be_made_are_refused_in_words",
    "service.reason-missing": "test_service_steps.py::test_what_is_let_stand_needs_a_reason_and_can_be_taken_back",
    "service.wrong-judgement": (
        "test_service_steps.py::test_a_verdict_is_put_otherwise_only_with_a_reason_on_the_newest_ledger_one_at_a_time"
    ),
    "service.ledger-busy": (
        "test_service_steps.py::test_a_verdict_is_put_otherwise_only_with_a_reason_on_the_newest_ledger_one_at_a_time"
    ),
    "service.ledger-moved": (
        "test_service_steps.py::test_a_verdict_is_put_otherwise_only_with_a_reason_on_the_newest_ledger_one_at_a_time"
    ),
}


def codes_in_source() -> dict[str, str]:
    """Every text of the source that is a code, with a file that has it.

    The families (`ledger.`, `file.`) are those which calls of `error`, `warning` and `refuse` begin with.
    """
    texts: dict[str, str] = {}
    families: set[str] = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = getattr(node, "func", None)
            name = getattr(called, "id", getattr(called, "attr", ""))
            if isinstance(node, ast.Call) and name in ("error", "warning", "refuse") and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    families.add(str(first.value).partition(".")[0])
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and re.fullmatch(r"[a-z]+\.[a-z]+(-[a-z0-9]+)*", text):
                texts[text] = path.name
    # Rules of the format check, kinds of differences and a file's name are written alike, but are no codes of problems.
    codes = texts.keys() - {rule.value for rule in Rule} - KINDS.keys() - {SETTINGS_FILE}
    return {text: texts[text] for text in codes if text.partition(".")[0] in families}


def codes_in_kits() -> set[str]:
    """Every code that a bad file of the kits must raise; that it does is held by the tests over the kits."""
    files = {bad.code for bad in BAD_FILES}
    ledgers = {code for bad in BAD_LEDGERS for code, _ in bad.expects}
    returns = {code for bad in BAD_RETURNS for code in bad.codes} | {bad.code for bad in BAD_WORD_RETURNS}
    returns |= {code for odd in ODD_WORD_RETURNS for code, _, _ in odd.told}
    return {code for bad in BAD_CONFIGS for _, code, _ in bad.expects} | ledgers | files | returns


def test_every_code_is_raised_by_some_bad_file() -> None:
    silent = set(codes_in_source()) - codes_in_kits() - set(ELSEWHERE)
    assert silent == set(), f"no bad file raises {sorted(silent)}: add one to tests/bad/ or name its test in ELSEWHERE"


def test_the_kits_raise_no_code_that_is_gone() -> None:
    assert codes_in_kits() <= set(codes_in_source())


def test_codes_raised_elsewhere_have_their_test() -> None:
    for code, place in ELSEWHERE.items():
        name, _, function = place.partition("::")
        assert f"def {function}(" in (TESTS / name).read_text(encoding="utf-8"), f"{code}: {place} is gone"
    assert set(ELSEWHERE) <= set(codes_in_source())


# ---- faults of the finished pages, which no input of ours provokes


def test_an_embedded_face_of_unknown_origin_is_refused() -> None:
    plan = FontPlan((), dict.fromkeys(FontRole, ()))
    with pytest.raises(EnvironmentLacking) as fault:
        refuse_foreign({"WenQuanYi-Zen-Hei"}, plan)
    assert [problem.code for problem in fault.value.problems] == ["fonts.foreign"]
    assert "WenQuanYi-Zen-Hei" in str(fault.value)


def test_what_the_engine_complains_of_is_told() -> None:
    record = logging.LogRecord("weasyprint", logging.WARNING, "x.py", 1, "Ignored %s", ("`x: y`",), None)
    assert [problem.code for problem in pdf._complaints([record])] == ["pdf.engine"]


def test_slow_subsetting_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    ffi = pytest.importorskip("weasyprint.text.ffi")
    monkeypatch.setattr(ffi, "harfbuzz_subset", None)
    assert [problem.code for problem in pdf.slow_subsetting()] == ["pdf.no-subset"]
