"""What somebody tried when they were refused, in words for the page of the history: each command and query by its name."""

from workflows.language import gettext, marked

_TRIED = {
    marked("send a request"): "start_case",
    marked("withdraw a request, or take a publication back"): "withdraw",
    marked("close a case that was opened in error"): "opened_in_error",
    marked("pass on that a client wants to stop sharing again"): "opt_out_again",
    marked("add a note to a case"): "add_note",
    marked("put an entry right"): "correct_entry entry_form",
    marked("claim a task"): "claim",
    marked("claim the next task"): "take_next next_task",
    marked("give a task back"): "release",
    marked("give a task to somebody else"): "reassign",
    marked("keep the draft of a task"): "save_draft",
    marked("look over the answers of a task"): "check preview",
    marked("complete a task"): "complete complete_checked",
    marked("put a task off"): "put_off",
    marked("keep or remove a saved view"): "save_view remove_view saved_views",
    marked("send a reminder"): "remind_now",
    marked("open who a client is in an emergency"): "open_in_emergency emergency_view",
    marked("enter or end an absence"): "enter_absence end_absence away",
    marked("set the backup group of an office"): "set_backup_group backup_groups",
    marked("add a person"): "add_person",
    marked("change a person"): "change_person",
    marked("end somebody’s access"): "end_access",
    marked("send a link to choose a password"): "send_setup_link",
    marked("change a password"): "change_password",
    marked("end a session"): "end_session end_other_sessions",
    marked("ask that a restriction is lifted, or decide on it"): "ask_lift approve_lift decline_lift",
    marked("decide on a role"): "approve_role decline_role",
    marked("save an agreement, or add one"): "save_agreement",
    marked("decide on a case whose agreement is not in force"): "review_case",
    marked("change a setting of the area"): "change_setting set_phone settings_view",
    marked("place or end a hold for a records request"): "place_hold end_hold retention_view certificate",
    marked("deploy a process"): "deploy",
    marked("change a draft of a procedure"): "begin_draft change_draft discard_draft replace_files",
    marked("take over the changes of another version"): "take_over take_over_view newer_version",
    marked("walk through a draft of a procedure"): (
        "begin_rehearsal rehearse take_back forget_rehearsal rehearsal_view step_form"
    ),
    marked("propose a draft of a procedure for publication"): "propose",
    marked("approve a role, a restriction or a publication"): "approve",
    marked("decline a role, a restriction or a publication"): "decline",
    marked("undo a publication"): "undo",
    marked("send the test of a mail"): "send_test",
    marked("send a message again"): "send_again",
    marked("say that a message arrived"): "confirm_arrival",
    marked("mark a message as read"): "mark_read mark_all_read",
    marked("change one’s preferences"): "change_preferences choices my_preferences",
    marked("revoke an API token"): "revoke_token",
    marked("change a webhook"): (
        "enter_webhook change_webhook turn_webhook remove_webhook renew_secret secret_of replay"
    ),
    marked("close a problem"): "dismiss",
    marked("take out the history"): "begin_export",
    marked("read the history"): "trail event_kinds",
    marked("look at a case"): (
        "case_list opens case_view case_page case_history case_messages colleagues case_clock card"
    ),
    marked("look at a task"): "task_view task_draft task_form",
    marked("look at a list of work"): (
        "worklist counts tasks_named my_work done_view completed_with tasks_by_name means_a_name look"
    ),
    marked("look at the team"): "team receivers team_tasks task_names ageing",
    marked("look at people"): (
        "people person_row access_of tasks_held own_access own_row waiting waiting_count own_address"
    ),
    marked("look at agreements"): "agreements agreement_view check_exists agencies possible_managers",
    marked("look at a procedure"): (
        "processes process_version bpmn drawing version_comparison version_written publications publication_view "
        "publication_proof publication_changes publication_cases"
    ),
    marked("look at a draft of a procedure"): (
        "draft_view drafts draft_problems draft_comparison draft_and_files drawn_draft preview_values base_files "
        "draft_written scenarios_view scenario_view caught_up scenario_like steps_view step_view upload_report catalogue "
        "expression_mistake publish_view"
    ),
    marked("begin a request"): "start_view",
    marked("read the inbox"): "inbox message unread_count",
    marked("look at sent mail"): "sent_mail one_message unknown_count",
    marked("take out the file of a case"): "exported_case",
    marked("see to whom facts about a client were disclosed"): "case_disclosures sheet_for_client",
    marked("look at problems"): "problems problem open_count health",
    marked("look at API tokens"): "tokens",
    marked("look at webhooks"): "webhooks webhook deliveries",
}
_WORDS = {name: words for words, names in _TRIED.items() for name in names.split()}


def tried_words(name: str) -> str:
    """What a command or query does, for a reader; one that no person asks for is called by its name."""
    return gettext(_WORDS[name]) if name in _WORDS else name.strip("_").replace("_", " ")
