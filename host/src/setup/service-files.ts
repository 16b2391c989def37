/** The daemon as a service: a unit of systemd, or a script for machines without it. */

export interface Service {
  /** Program and arguments that run the daemon. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What it says before it has a log. */
  readonly outFile: string;
}

const WRITTEN = 'Written by "bhatti setup"; "bhatti setup --remove" takes it away.';

/** systemd.syntax(7) and systemd.service(5): quotes, and the signs that begin a specifier or a variable. */
export function systemdWord(word: string): string {
  const escaped = word.replaceAll(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w@+=:,./-]+$/.test(word) ? word : `"${escaped}"`;
}

export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * Sandboxes run on when the daemon ends, so systemd leaves them alone (KillMode), and one that is killed for its memory
 * is no failure of the daemon (OOMPolicy).
 */
export function systemdUnit({ argv, env }: Service): string {
  const variables = Object.entries(env).map(([name, value]) => `Environment=${systemdWord(`${name}=${value}`)}\n`);
  return `# ${WRITTEN}
[Unit]
Description=bhatti: sandboxes in microVMs
After=network.target

[Service]
ExecStart=${argv.map(systemdWord).join(' ')}
${variables.join('')}Restart=on-failure
KillMode=process
OOMPolicy=continue
LimitNOFILE=1048576
TasksMax=infinity

[Install]
WantedBy=multi-user.target
`;
}

/**
 * For sysvinit, and to be called by hand where no init starts it. start-stop-daemon ends the daemon alone, not its children,
 * and writes the pid itself: the daemon's own file comes so late that a second start would begin a second daemon.
 */
export function startScript({ argv, env, outFile }: Service): string {
  const [program = '', ...args] = argv;
  const variables = Object.entries(env).map(([name, value]) => `export ${name}=${shellWord(value)}\n`);
  return `#!/bin/sh
# ${WRITTEN}
### BEGIN INIT INFO
# Provides:          bhatti
# Required-Start:    $local_fs $network
# Required-Stop:     $local_fs $network
# Default-Start:     2 3 4 5
# Default-Stop:      0 1 6
# Short-Description: sandboxes in microVMs
### END INIT INFO
program=${shellWord(program)}
pidfile=/run/bhatti.pid
${variables.join('')}
start() {
  start-stop-daemon --start --quiet --oknodo --background --no-close --make-pidfile --pidfile "$pidfile" --exec "$program" -- \\
    ${args.map(shellWord).join(' ')} </dev/null >>${shellWord(outFile)} 2>&1
}

stop() {
  start-stop-daemon --stop --quiet --oknodo --retry TERM/60/KILL/5 --remove-pidfile --pidfile "$pidfile" --exec "$program"
}

case $1 in
  start) start ;;
  stop) stop ;;
  restart | force-reload) stop && start ;;
  # Without --exec: who is not root may not know what root runs.
  status) start-stop-daemon --status --pidfile "$pidfile" ;;
  *)
    echo "Usage: $0 {start|stop|restart|force-reload|status}" >&2
    exit 2
    ;;
esac
`;
}
