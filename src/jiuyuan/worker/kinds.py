"""The kinds of jobs and their labels. The app of each kind has its handler, in `jobs.py`."""

from jiuyuan.labels import Labelled


class JobKind(Labelled):
    SEND_MESSAGES = "send_messages", "发送消息"
    SEAL_FORM = "seal_form", "认定表盖章"
    MAKE_LETTER = "make_letter", "制作告知书"
    MAKE_SHEETS = "make_sheets", "制作公示单"
    MAKE_EXIT_NOTICE = "make_exit_notice", "制作退出告知书"
    MAKE_REFUSAL_NOTICE = "make_refusal_notice", "制作拒绝服务告知书"
    MAKE_CLAIM_LETTER = "make_claim_letter", "制作不予支持决定书"
    MAKE_RECOVERY_LETTER = "make_recovery_letter", "制作追回的告知书、决定书和催告书"
    ORDER_EXIT_NOTICES = "order_exit_notices", "补排退出告知书"
    ASK_DEPARTMENT = "ask_department", "部门查询"
    TRY_FILE = "try_file", "试运行导入"
    IMPORT_FILE = "import_file", "数据导入"
    TAKE_BACK_FILE = "take_back_file", "撤回导入"
    SCREEN_LIST = "screen_list", "筛查名单"
    NIGHTLY = "nightly", "夜间核查"
    FORGET_TRIED = "forget_tried", "清理试过没导入的文件"
    REMOVE_LOST = "remove_lost", "清理中断的上传"
    FORGET_ANSWERS = "forget_answers", "清理接口的旧答复"
    FORGET_SESSIONS = "forget_sessions", "清理过期的登录"
    KEEP_FIGURES = "keep_figures", "更新统计"
    KEEP_DUTIES = "keep_duties", "更新要办的事"
    REORGANISE = "reorganise", "机构调整"
    CLEAR_JOBS = "clear_jobs", "清理做完的后台任务"


class Lane(Labelled):
    """A queue whose jobs run one after the other. A long job holds up its own lane only."""

    QUICK = "quick", "盖章和文书"
    MESSAGES = "messages", "短信"
    DEPARTMENTS = "departments", "部门查询"
    IMPORTS = "imports", "导入"
    LISTS = "lists", "名单"
    NIGHT = "night", "夜间核查"
    TIDYING = "tidying", "清理"
