/** Makes answers of two machines comparable: what differs from run to run becomes a word of capitals. */

const DAY = '(Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const SPAN = String.raw`(?:\d+(?:\.\d+)? ?(?:y|month|months|w|d|day|days|h|min|s|ms|us|year|years|week|weeks)\b ?)+`;
const UNIT = String.raw`"?[^\s="]+\.(?:service|target|socket|slice|timer|mount|path|device|scope|automount|swap)"?`;
/** Properties whose words come in the order of a hash table. */
const SETS =
  'Names|Requires|Requisite|Wants|BindsTo|PartOf|Upholds|UpheldBy|RequiredBy|WantedBy|BoundBy|ConsistsOf|Conflicts|ConflictedBy|Before|After|Triggers|TriggeredBy|OnFailure|OnSuccess';

const sorted = (lines: string): string => `${lines.trimEnd().split('\n').sort().join('\n')}\n`;

/** Applied in turn to the whole text. */
const RULES: readonly (readonly [RegExp, string | ((...match: string[]) => string)])[] = [
  // What only a busy machine logs.
  [/^.*: Consumed .* CPU time.*\n/gm, ''],
  [new RegExp(`${DAY} \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(\\.\\d+)? UTC`, 'g'), 'DATE'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:?\d\d)/g, 'DATE'],
  [/\b[A-Z][a-z][a-z] [ \d]\d \d\d:\d\d(:\d\d(\.\d+)?)?/g, 'DATE'],
  [/^\d{10}\.\d{6} /gm, 'DATE '],
  [/^\[ *\d+\.\d{6}( +| <[ .\d]*>)?\]/gm, 'DATE'],
  [/@\d{10,16}(\.\d+)?/g, '@DATE'],
  [/s=[0-9a-f]{32};i=[0-9a-f]+;b=[0-9a-f]{32};m=[0-9a-f]+;t=[0-9a-f]+;x=[0-9a-f]+/g, 'CURSOR'],
  [/\b[0-9a-f]{32}\b/g, 'ID'],
  [new RegExp(`${SPAN}(?<= )(ago|left)`, 'g'), 'SPAN $1'],
  // Columns are as wide as what stands in them.
  [/^NEXT +LEFT +LAST +PASSED +UNIT +ACTIVATES$/gm, 'NEXT LEFT LAST PASSED UNIT ACTIVATES'],
  [
    new RegExp(`^(DATE|-) +(?:${SPAN}|-) +((?:DATE|-) .*)$`, 'gm'),
    (_, next, rest) => `${next} SPAN ${(rest ?? '').replace(/ +/g, ' ')}`,
  ],
  [new RegExp(`^( *(?:Duration|CPU)): (?:${SPAN}|0)$`, 'gm'), '$1: SPAN'],
  [/((?:runtime|consumed|swap peak|Memory peak): )[\d.]+\w+/g, '$1SPAN'],
  [/^( *Memory): .*$/gm, '$1: SIZE'],
  [/\(limit: \d+\)/g, '(limit: N)'],
  [/\b(Main PID|Process|Control PID|Cntrl PID|PID|process|status): (\d+)(?= )/g, '$1: PID'],
  [/\b((?:Main|Control|ExecMain|SYSLOG_|_)PID"?[=:]"?)[1-9]\d*/g, '$1PID'],
  [/\bpid=[1-9]\d*/g, 'pid=PID'],
  // As wide as the pid above it.
  [/^ {20,}(?=\S)/gm, '  '],
  [/\b(MAINPID|SYSTEMD_EXEC_PID)=\d+/g, '$1=PID'],
  [/^(\$ systemctl status )\d+/gm, '$1PID'],
  [/("?_PID"? : )"\d+"/g, '$1"PID"'],
  [/(245m)\d+ (?=\/)/g, '$1PID '],
  [/((?:_TIMESTAMP|__SEQNUM)"?(?:=| : |:)"?)\d+/g, '$1N'],
  // A transient user's.
  [/(?<=ID |^| )6[1-5]\d{3}(?= |$)/gm, 'UID'],
  [/\b(PID|process|pid) \d+/g, '$1 PID'],
  [/(\w)\[\d+\](?=[:.])/g, '$1[PID]'],
  [/([├└]─) *\d+ /g, '$1PID '],
  // Ports that the kernel chose.
  [/(127\.0\.0\.1|\[::1\]):[3-6]\d{4}\b/g, '$1:PORT'],
  [/\b8:\d+\b/g, '8:INODE'],
  [/(CPU(?:Usage)?NSec|Memory(?:Current|Peak|Available)|Tasks(?:Current|Max)|IO\w+(?:Bytes|Operations))=\d+/g, '$1=N'],
  [/\b(\w*Timestamp(?:Monotonic)?)=\d+/g, '$1=DATE'],
  [
    new RegExp(`\\b(${SETS})=((?:${UNIT} )+${UNIT})`, 'g'),
    (_, name, words) => `${name}=${(words ?? '').split(' ').sort().join(' ')}`,
  ],
  [/^(RequiresMountsFor)=(.*)$/gm, (_, name, words) => `${name}=${(words ?? '').split(' ').sort().join(' ')}`],
  // Not there: in systemd's memory or not, by what was loaded before.
  [/(?<=^After=.*?)\b(?:mnt|var|etc|var-lib)\.mount ?/gm, ''],
  [/^(JOB +UNIT.*)$/gm, 'JOB UNIT TYPE STATE'],
  [/^ *\d+ +(t-\S+) +(\w+) +(\w+)$/gm, 'N $1 $2 $3'],
  [/\btook \d+ms/g, 'took T'],
  // Links come in the order of a folder or a hash table.
  [/(?:^Removed ".*"\.\n)+/gm, sorted],
  // What lohar's journal does not keep: docs/service-suite.md.
  [/^_SELINUX_CONTEXT\n.*\n\n/gm, ''],
  [/^[ \t]*"?(?:_SELINUX_CONTEXT|CODE_FILE|CODE_FUNC|CODE_LINE|TID|MESSAGE_ID)"?(?:=|$| : |:).*\n/gm, ''],
  [/"_SELINUX_CONTEXT":"[^"]*",?/g, ''],
  // Fields come in the order of the file.
  [/(?<=^__CURSOR=CURSOR\n)(?:.+\n)+/gm, sorted],
  [/(?:^ {4}_?[A-Z_]+=.*\n)+/gm, sorted],
  [/(?:^\t"_?_?[A-Z_]+" : .*\n)+/gm, (lines) => sorted(lines.replace(/([^,])\n/g, '$1,\n'))],
  [/[ \t]+$/gm, ''],
];

/** @returns the text as another run would have given it */
export function normalise(text: string): string {
  let is = text.replace(/\r+\n/g, '\n');
  for (const [pattern, by] of RULES) is = is.replace(pattern, by as string);
  return jsonLines(is);
}

/** A journal entry's fields come in an order of their own. */
function jsonLines(text: string): string {
  return text.replace(/(?<=^\W*|^data: )\{.*"__CURSOR.*\}$/gm, (line) => {
    try {
      const entry = JSON.parse(line) as Record<string, unknown>;
      return JSON.stringify(Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1))));
    } catch {
      return line;
    }
  });
}
