"""The rooms, what each may include, and where foreign headers and symbols belong."""
import typing


class Room(typing.NamedTuple):
    directory: str  # of its sources and private headers; public ones are in include/revoke/NAME
    may_include: frozenset


def _room(directory, may_include=''):
    return Room(directory, frozenset(may_include.split()))


ROOMS = {
    'base': _room('pam_revoke/base'),
    'list': _room('pam_revoke/list', 'base'),
    'conf': _room('conf', 'base list'),
    'pam_revoke': _room('pam_revoke', 'base list conf'),
    'kernel': _room('logind/kernel', 'base'),
    'logind': _room('logind', 'base list conf pam_revoke kernel'),
    'store': _room('revoke_user/store', 'base list'),
    'doctor': _room('revoke_user/doctor', 'base list conf pam_revoke kernel logind store'),
    'revoke_user': _room('revoke_user', 'base list conf pam_revoke kernel logind store doctor'),
}

# The module: these rooms, less what needs the C++ library.
MODULE_ROOMS = ('base', 'list', 'conf', 'pam_revoke')
NOT_IN_MODULE = {'conf/generator.cpp', 'pam_revoke/base/compose.cpp', 'pam_revoke/base/json.cpp'}
NOT_FOR_MODULE = frozenset(
    'any deque filesystem format forward_list fstream functional future iomanip ios iostream '
    'istream list locale map mutex ostream queue random regex set sstream stack stdexcept '
    'string thread unordered_map unordered_set vector fmt/core.h fmt/format.h'.split())

# These rooms make no system call but in two sources.
PURE_ROOMS = ('base', 'list')
SYSTEM_CALLS = {'pam_revoke/base/file.cpp', 'pam_revoke/base/time.cpp'}
# Headers without a dot are the C++ library's. These two give types and constants; calls show in
# the symbols.
PURE_HEADERS = {'fcntl.h', 'sys/types.h'}
OUR_SYMBOLS = r'_Z\w*10pam_revoke\w*'
PURE_SYMBOLS = (r'_GLOBAL_OFFSET_TABLE_|__stack_chk_fail|'
                r'(__)?(mem(chr|cmp|cpy|mem|move|set)|bcmp|strlen)(_chk)?')
# Beside those: what one source needs.
LIBRARY_SYMBOLS = (r'_Unwind_Resume|__cxa_\w+|__gxx_personality_v0|_Z(n[wa]|d[la])\w+|'
                   r'_ZSt\d+__throw_\w+|_ZSt\d+_Rb_tree_\w+')
SYMBOLS_OF = {
    'pam_revoke/base/digest.cpp': r'SHA256\w+',
    'pam_revoke/base/json.cpp': LIBRARY_SYMBOLS,
    # fmt's exceptions, assertions, wide numbers and locales.
    'pam_revoke/base/compose.cpp':
        LIBRARY_SYMBOLS + r'|_ZNK?St13runtime_error\w+|_ZT[IV]\w+|_ZSt9terminatev|'
        r'__(fprintf|snprintf)_chk|stderr|__udivti3|_ZNK?St6locale\w+|_ZSt9use_facet\w+',
}
# What throws or allocates has no place in the module.
THROWING_SYMBOLS = r'_Z(n[wa]|d[la])\w*|__cxa_\w+|__gxx_personality_v0|_ZSt\d+__throw_\w+'

# Foreign headers and their only homes. A name that ends in a slash stands for all beneath it.
HOMES = {
    'security/': {'pam_revoke/gate_log.cpp', 'pam_revoke/module.cpp'},
    'systemd/': {'logind/'},
    'ini.h': {'conf/config.cpp'},
    'grp.h': {'pam_revoke/nss.cpp'},
    'pwd.h': {'pam_revoke/nss.cpp'},
    'sha2.h': {'pam_revoke/base/digest.cpp'},
    'fmt/': {'include/revoke/base/compose.hpp', 'pam_revoke/base/compose.cpp'},
    'sys/pidfd.h': {'logind/kernel/process_count.cpp'},
    'spawn.h': {'logind/kernel/run_program.cpp'},
}
# Libraries that nobody uses yet.
HOMELESS = {'curl/', 'ldap.h', 'lber.h', 'mosquitto.h', 'microhttpd.h', 'jose/', 'jansson.h'}
