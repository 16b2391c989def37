/** The packages of the field suite: how each is asked whether it serves, once installed and again after a restart of the sandbox. */

export interface FieldPackage {
  readonly name: string;
  /** A script of a real client, which is asked again until it ends with 0. */
  readonly ask: string;
  /** What it must say. */
  readonly says: RegExp;
  /** Recommended packages without which its service does not begin: none are installed of themselves. */
  readonly also: readonly string[];
}

/** Says a line to a TCP port and shows the first line of the answer. */
const line = (port: number, words: string): string =>
  `exec 3<>/dev/tcp/127.0.0.1/${port}; printf '${words}' >&3; timeout 10 head -n 1 <&3 | tr -d '\\r'`;

/** Shows the first bytes that a TCP port answers, in hexadecimal. */
const bytes = (port: number, words: string, count: number): string =>
  `exec 3<>/dev/tcp/127.0.0.1/${port}; printf '${words}' >&3; timeout 10 head -c ${count} <&3 | od -An -tx1`;

/** Asks a name server for the address of localhost, and shows the answer in hexadecimal. */
const NAME =
  "exec 3<>/dev/udp/127.0.0.1/53; printf '\\x12\\x34\\x01\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x09localhost\\x00\\x00\\x01\\x00\\x01' >&3; timeout 5 dd bs=512 count=1 <&3 2>/dev/null | od -An -tx1 | tr -d '\\n'";
const LOCALHOST = /^ 12 34 8.*7f 00 00 01/;

const http = (url: string): string => `curl -sS -m 10 ${url}`;
const REDIS = 'ping';
/** The host key must stay what it was at the first connection. */
const SSH =
  'rm -f /tmp/key*; ssh-keygen -q -N "" -t ed25519 -f /tmp/key && install -D -o lohar -m 600 /tmp/key.pub /home/lohar/.ssh/authorized_keys && chown lohar: /home/lohar/.ssh && ssh -n -i /tmp/key -o StrictHostKeyChecking=accept-new -o LogLevel=ERROR lohar@127.0.0.1 id -un';
/** Work that a daemon does at the next minute. */
const CRON =
  'echo "* * * * * root touch /run/field-cron" >/etc/cron.d/field; rm -f /run/field-cron; for i in $(seq 75); do [ -e /run/field-cron ] && break; sleep 1; done; ls /run/field-cron';
const TIMER = (timer: string): string => `systemctl list-timers --no-legend ${timer}`;

const PACKAGES: readonly (readonly [name: string, ask: string, says: RegExp, ...also: string[]])[] = [
  ['openssh-server', SSH, /^lohar$/m],
  ['nginx', http('-I http://127.0.0.1'), /^HTTP\/1\.1 200/],
  ['redis-server', `redis-cli ${REDIS}`, /^PONG$/m],
  ['postgresql', 'su postgres -c \'psql -tc "select 6*7"\'', /\b42\b/],
  ['memcached', line(11211, 'version\\r\\n'), /^VERSION \d/],
  ['cron', CRON, /field-cron/],
  ['rsyslog', 'logger -t field hello; until grep -q "field: hello" /var/log/syslog; do :; done; echo there', /there/],
  ['dnsmasq', NAME, LOCALHOST],
  ['chrony', 'chronyc -n tracking', /^Leap status/m],
  ['exim4-daemon-light', line(25, 'QUIT\\r\\n'), /^220 .*Exim/],
  ['haproxy', 'curl -s --http0.9 --unix-socket /run/haproxy/admin.sock http://x/', /Unknown command/],
  ['logrotate', `systemctl start logrotate.service && ${TIMER('logrotate.timer')}`, /logrotate\.service/],
  ['mosquitto', 'curl -sS -m 10 -d hello mqtt://127.0.0.1/field && echo taken', /taken/],
  ['uuid-runtime', 'uuidd -r', /^[0-9a-f-]{36}$/m],
  ['containerd', 'ctr version', /^Server:/m],
  ['docker.io', 'curl -sS --unix-socket /run/docker.sock http://docker/_ping', /^OK/],
  ['apache2', http('-I http://127.0.0.1'), /^HTTP\/1\.1 200/],
  ['lighttpd', http('-I http://127.0.0.1'), /^HTTP\/1\.1 200/],
  ['valkey-server', `valkey-cli ${REDIS}`, /^PONG$/m],
  ['mariadb-server', "mariadb -Ne 'select 6*7'", /^42$/m],
  ['bind9', NAME, LOCALHOST],
  ['unbound', NAME, LOCALHOST, 'dns-root-data'],
  ['postfix', line(25, 'QUIT\\r\\n'), /^220 .*Postfix/],
  ['vsftpd', line(21, 'QUIT\\r\\n'), /^220 /],
  ['rabbitmq-server', bytes(5672, 'AMQP\\x00\\x00\\x09\\x01', 4), /^ 01 00 00 00$/m],
  ['etcd-server', http('http://127.0.0.1:2379/version'), /etcdserver/],
  ['prometheus', http('http://127.0.0.1:9090/-/healthy'), /Healthy/],
  ['prometheus-node-exporter', http('http://127.0.0.1:9100/metrics | grep -m 1 ^node_cpu'), /^node_cpu/],
  [
    'php-fpm',
    'perl -MIO::Socket::UNIX -e \'$s = IO::Socket::UNIX->new(Peer => "/run/php/php8.3-fpm.sock") or die; print $s pack("CCnnCC", 1, 9, 0, 17, 0, 0), pack("CC", 15, 0), "FCGI_MPXS_CONNS"; $s->flush; read $s, $b, 2; print unpack("H*", $b)\'',
    /^010a/,
  ],
  ['tomcat10', http('-o /dev/null -w "%{http_code}" http://127.0.0.1:8080/'), /^200/],
  ['squid', http('http://127.0.0.1:3128/ | grep -m 1 -i squid'), /squid/i],
  ['fail2ban', 'fail2ban-client ping', /pong/],
  ['supervisor', 'supervisorctl pid', /^\d+$/m],
  ['avahi-daemon', 'avahi-daemon --check && echo runs', /runs/],
  ['tor', bytes(9050, '\\x05\\x01\\x00', 2), /^ 05 00$/m],
  ['nfs-common', 'rpcinfo -p | grep -m 1 portmapper', /portmapper/],
  [
    'at',
    'rm -f /run/field-at; echo "touch /run/field-at" | at -q a now 2>&1; for i in $(seq 75); do [ -e /run/field-at ] && break; sleep 1; done; ls /run/field-at',
    /field-at$/m,
  ],
  ['unattended-upgrades', 'systemctl is-active unattended-upgrades', /^active$/m],
  ['podman', 'curl -sS --unix-socket /run/podman/podman.sock http://podman/_ping', /^OK/],
  ['smartmontools', 'systemctl is-enabled smartmontools', /enabled/],
  ['apparmor', 'systemctl is-enabled apparmor', /enabled/],
  ['polkitd', 'pkaction --action-id org.freedesktop.policykit.exec', /policykit\.exec/],
  ['udisks2', 'udisksctl status', /^MODEL/m],
  ['cockpit-ws', http('-k https://127.0.0.1:9090/ping'), /cockpit/],
  ['network-manager', 'nmcli -t -f RUNNING general', /^running$/m],
];

export const FIELD_PACKAGES: readonly FieldPackage[] = PACKAGES.map(([name, ask, says, ...also]) => ({
  name,
  ask,
  says,
  also,
}));

/** They bring a system bus, which real systemd's machine has before. */
const ON_THE_BUS: ReadonlySet<string> = new Set([
  'avahi-daemon',
  'cockpit-ws',
  'network-manager',
  'polkitd',
  'udisks2',
]);

/** What makes a sandbox what real systemd's machine is before the package comes; a script, or nothing. */
export const beforeTrying = (name: string): string =>
  ON_THE_BUS.has(name)
    ? 'DEBIAN_FRONTEND=noninteractive apt-get -y --no-install-recommends install dbus && systemctl start dbus.socket'
    : '';

/** What is installed to try a package, itself first. */
export const installedFor = (name: string): string[] => [
  name,
  ...(FIELD_PACKAGES.find((one) => one.name === name)?.also ?? []),
];
