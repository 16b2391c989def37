/**
 * clean: removes the directories that belong to a unit that does not run. The client does it, with its own rights: PID 1
 * has no part in it but to say what there is. Texts: systemd 255.
 */
import { mangleName } from '../../../unit/name-escape.ts';
import { propertiesIn } from '../../control-client.ts';
import { UsageError } from '../../options.ts';
import { runChild } from '../../run-child.ts';
import { type Ctl, EXIT, replies, type Verb } from '../manager.ts';

/** Property and folder of each resource; descriptors of stopped units are not kept, so there are none to drop. */
const RESOURCES: Readonly<Record<string, readonly [property: string, folder: string]>> = {
  runtime: ['RuntimeDirectory', '/run'],
  state: ['StateDirectory', '/var/lib'],
  cache: ['CacheDirectory', '/var/cache'],
  logs: ['LogsDirectory', '/var/log'],
  configuration: ['ConfigurationDirectory', '/etc'],
};
const STANDARD = ['cache', 'runtime', 'fdstore'];
const TYPES = /\.(?:service|socket|mount|swap)$/;

/** @throws UsageError */
export const clean: Verb = (ctl, names) => {
  const what = ctl.settings.what.length > 0 ? ctl.settings.what : STANDARD;
  const wanted = what.includes('all') ? Object.keys(RESOURCES) : what;
  const unknown = wanted.find((word) => word !== 'fdstore' && !Object.hasOwn(RESOURCES, word));
  let code = 0;
  for (const typed of names) {
    const mangled = mangleName(typed, '.service', false);
    const unit = mangled.is === 'name' ? mangled.name : typed;
    const why = unknown === undefined ? cleanUnit(ctl, unit, wanted) : `Invalid resource type: ${unknown}`;
    if (why === null) continue;
    ctl.program.err(why.startsWith('Failed') ? why : `Failed to clean unit ${unit}: ${why}`);
    code = EXIT.failure;
  }
  return code;
};

function propertiesOf(ctl: Ctl, unit: string): Map<string, string> {
  const properties = ['LoadState', 'ActiveState', 'Job', ...Object.values(RESOURCES).map(([property]) => property)];
  let text = '';
  for (const reply of replies(ctl, { verb: 'show', names: [unit], properties })) {
    if (reply.is === 'error' || reply.is === 'failed') throw new UsageError(reply.error.message);
    if (reply.is === 'properties') text += reply.text.map(String).join('');
  }
  return propertiesIn(text);
}

/** @returns why not, null when it is done */
function cleanUnit(ctl: Ctl, unit: string, wanted: readonly string[]): string | null {
  const facts = propertiesOf(ctl, unit);
  if (facts.get('LoadState') === 'not-found') return `Failed to add reference to unit ${unit}: Unit ${unit} not found.`;
  if (!TYPES.test(unit)) return `Unit '${unit}' does not supporting cleaning.`;
  const active = facts.get('ActiveState');
  const busy = (active !== 'inactive' && active !== 'failed') || (facts.get('Job') ?? '0') !== '0';
  if (busy) return 'Unit is not inactive or has pending job.';
  const paths = wanted.flatMap((word) => {
    const [property = '', folder] = RESOURCES[word] ?? [];
    const relative = (facts.get(property) ?? '').split(' ').filter((path) => path !== '');
    return relative.map((path) => `${folder}/${path}`);
  });
  if (paths.length === 0) return 'No matching resources found.';
  if (ctl.program.sys.identity().uid !== 0) return 'Access denied';
  return runChild(ctl.program, ['rm', '-rf', '--one-file-system', '--', ...paths]) === 0 ? null : 'Input/output error';
}
