/**
 * Where lohar answers otherwise than systemd, and why. A row is a reason; below it the cases, each with the heads of
 * the blocks that differ. The suite fails when another block differs, and when one of these does not.
 */
/** In place of heads: the whole case is about what is missing. */
export const ALL = '*';

export interface KnownDifference {
  readonly why: string;
  readonly blocks: Readonly<Record<string, readonly string[]>>;
}

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    why: 'systemd makes IP sockets in a child of its own, and says that it did not get one; lohar says what the kernel said.',
    blocks: {
      'socket-faults': ['= journal of t-skf1.socket', '= journal of t-skf7.socket'],
    },
  },
  {
    why: 'Drop-ins of set-property are told in the order of their names, not in that of their making.',
    blocks: {
      'set-property': ['$ systemctl set-property t-spr MemoryMax=30M CPUQuota=20%'],
    },
  },
  {
    why: 'A reader that went away ends systemctl without a word, as it ends other programs.',
    blocks: {
      'client-goes-away': ['$ systemctl list-units --all | head -1 | cut -c1-6'],
    },
  },
  {
    why: 'status makes no links for terminals.',
    blocks: {
      colours: [
        "$ TERM=xterm-256color SYSTEMD_PAGER= script -qec 'systemctl status t-col -n0; systemctl status t-col2 -n0' /dev/null | cat -v | sed 's/\\^M//'",
      ],
    },
  },
  {
    why: 'The folder of credentials belongs to the user; systemd gives access by an ACL, whose mask shows as rights of the group.',
    blocks: {
      credentials: ['= journal of t-cr'],
    },
  },
  {
    why: 'Directories of a transient user are its own while it runs: there is no /var/lib/private in between, and User= stays as it was written.',
    blocks: {
      'dynamic-user': ['$ systemctl start t-dyn', '= journal of t-dyn'],
    },
  },
  {
    why: "Fields that lohar's journal does not have for messages of PID 1 (command line, capabilities, source time), and PID 1's own name.",
    blocks: {
      'journal-fields': [
        "$ journalctl -u t-jfi -o json -n 1 | tr ',' '\\n' | tr -d '{}' | cut -d: -f1 | sort",
        "$ journalctl -u t-jfi -o json -n 1 _PID=PID | tr ',' '\\n' | tr -d '{}' | grep -vE 'TIMESTAMP|CURSOR|SEQ|_ID|CAP|SELINUX|CODE_' | sort",
      ],
    },
  },
  {
    why: 'Regular expressions are of another engine, with other words for errors.',
    blocks: {
      'journal-grep': ['$ journalctl -u t-jg -g ( -o cat'],
    },
  },
  {
    why: 'SYSLOG_RAW= is not kept.',
    blocks: {
      'journal-logger': [
        "$ journalctl -o json -n 4 _TRANSPORT=syslog | tr ',' '\\n' | tr -d '{}' | grep -E 'PRIOR|\"MESSAGE|SYSLOG_PID|SYSLOG_IDENT|SYSLOG_RAW' | sort | uniq -c",
      ],
    },
  },
  {
    why: 'There is a file a unit, so vacuuming has no folders to tell of; there is no catalogue.',
    blocks: {
      'journal-maintenance': [
        "$ journalctl --vacuum-time=1s 2>&1 | sed -E 's/^Deleted.*/Deleted/; s/[0-9.]+[BKMG]/SIZE/' | grep -v Deleted | sort -u | grep -c Vacuuming",
        '$ journalctl --update-catalog',
      ],
    },
  },
  {
    why: 'A native message without PRIORITY= has the default one in the journal.',
    blocks: {
      'journal-native': [
        "$ journalctl MYFIELD=def -o json | tr ',' '\\n' | tr -d '{}' | grep -E 'PRIOR|\"MESSAGE|lower|TRANSP|FIELD|_COMM' | sort",
      ],
    },
  },
  {
    why: 'Generators run in the file system of the machine, not in a read-only view of it, and are told less.',
    blocks: {
      'load-generator': ['= gen-args', '= gen-env'],
    },
  },
  {
    why: 'Words for names that are none.',
    blocks: {
      'load-odd-names': [
        '$ systemctl start t-lon@xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
        '$ systemctl start',
      ],
    },
  },
  {
    why: 'systemd reads the file once more for [Install], with another warning.',
    blocks: {
      'load-parse-warnings': ['= journal of t-lp1', '= journal of t-lp2'],
    },
  },
  {
    why: 'The cycle is told beginning at another unit.',
    blocks: {
      'ordering-cycle': ['= journal of t-oc3'],
    },
  },
  {
    why: 'A unit whose file is gone is told without its preset, and with its limits.',
    blocks: {
      'reload-unit-removed': ['$ systemctl status t-rur -n0'],
    },
  },
  {
    why: 'status shows the log of the invocation before while a restart waits.',
    blocks: {
      'restart-waiting': ['$ systemctl status t-rw'],
    },
  },
  {
    why: 'The list of properties: UnitFilePreset= of static units and ServiceWatchdogs= are not there, BhattiIgnored= is.',
    blocks: {
      'show-properties': [
        "$ systemctl show t-shp | cut -d= -f1 | tr '\\n' ' '",
        "$ systemctl show t-shp -a | cut -d= -f1 | tr '\\n' ' '",
        '$ systemctl show -p DefaultTimeoutStartUSec,DefaultTimeoutStopUSec,DefaultRestartUSec,DefaultStartLimitBurst,DefaultStandardOutput,Architecture,LogLevel,LogTarget,ConfirmSpawn,ServiceWatchdogs,DefaultMemoryAccounting',
      ],
    },
  },
  {
    why: 'UnitFilePreset= of static mounts and swaps is not there.',
    blocks: {
      'mount-show': ["$ systemctl show 'mnt-t\\x2dms.mount' | cut -d= -f1 | tr '\\n' ' '"],
      'swap-units': ["$ systemctl show 'mnt-t\\x2dswap.swap' | cut -d= -f1 | tr '\\n' ' '"],
    },
  },
  {
    why: 'Slices have no description of their own, and a limit of tasks.',
    blocks: {
      slices: ['$ systemctl status t-my.slice -n0'],
    },
  },
  {
    why: 'invoke-rc.d of a script that is not there asks systemctl, which fails.',
    blocks: {
      'sysv-service-command': ['$ invoke-rc.d t-sysnone start'],
    },
  },
  {
    why: 'freeze and thaw do not load a unit.',
    blocks: {
      'verbs-inactive': ['$ systemctl freeze t-vi'],
      'verbs-not-found': ['$ systemctl freeze t-vnf', '$ systemctl thaw t-vnf'],
    },
  },
  {
    why: 'Words about a pattern where none is allowed.',
    blocks: {
      'verbs-globs': ['$ systemctl is-enabled t-vgzz*'],
    },
  },
  {
    why: 'A masked unit that runs is told with its limits.',
    blocks: {
      'verbs-masked-running': ['$ systemctl status t-vmr -n0'],
    },
  },
  {
    why: 'systemctl edit writes the same files; its words come through a terminal of another kind.',
    blocks: {
      'edit-drop-in': ["$ SYSTEMD_EDITOR=/tmp/t-editor script -qec 'systemctl edit t-edinone' /dev/null"],
    },
  },
];

/** @returns the heads of the blocks of a case that may differ, in alphabetical order, each with its reason */
export function knownDifferences(name: string): ReadonlyMap<string, string> {
  const heads = KNOWN_DIFFERENCES.flatMap(({ why, blocks }) =>
    (blocks[name] ?? []).map((head) => [head, why] as const),
  );
  return new Map(heads);
}
