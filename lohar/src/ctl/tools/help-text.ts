/** `--help` of the small programs. Texts: systemd 255. */

export const NOTIFY_HELP = `systemd-notify [OPTIONS...] [VARIABLE=VALUE...]
systemd-notify [OPTIONS...] --exec [VARIABLE=VALUE...] ; CMDLINE...

Notify the init system about service status updates.

  -h --help            Show this help
     --version         Show package version
     --ready           Inform the service manager about service start-up/reload
                       completion
     --reloading       Inform the service manager about configuration reloading
     --stopping        Inform the service manager about service shutdown
     --pid[=PID]       Set main PID of daemon
     --uid=USER        Set user to send from
     --status=TEXT     Set status text
     --booted          Check if the system was booted up with systemd
     --no-block        Do not wait until operation finished
     --exec            Execute command line separated by ';' once done
     --fd=FD           Pass specified file descriptor with along with message
     --fdname=NAME     Name to assign to passed file descriptor(s)

See the systemd-notify(1) man page for details.
`;

export const CAT_HELP = `systemd-cat [OPTIONS...] COMMAND ...

Execute process with stdout/stderr connected to the journal.

  -h --help                      Show this help
     --version                   Show package version
  -t --identifier=STRING         Set syslog identifier
  -p --priority=PRIORITY         Set priority value (0..7)
     --stderr-priority=PRIORITY  Set priority value (0..7) used for stderr
     --level-prefix=BOOL         Control whether level prefix shall be parsed
     --namespace=NAMESPACE       Connect to specified journal namespace

See the systemd-cat(1) man page for details.
`;
