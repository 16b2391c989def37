/** config.yaml of the daemon: every key may be left out, an unknown one is refused with its line. */
import { readFile } from 'node:fs/promises';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { durationMs } from '@bhatti/wire/units.ts';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { IDLE_MS_MAX, IDLE_MS_MIN, type IdleMs } from '../core/thermal.ts';

const path = z.string().startsWith('/', 'not an absolute path');
const range = z.string().regex(/^\d{1,3}(\.\d{1,3}){3}(\/\d{1,2})?$/, 'not an IPv4 range such as 10.1.0.0/16');

/** @returns undefined for what is none */
export function idleSetting(text: string): IdleMs | undefined {
  if (text === 'never') return text;
  const ms = durationMs(text);
  return ms !== undefined && ms >= IDLE_MS_MIN && ms <= IDLE_MS_MAX ? ms : undefined;
}

const idle = z.union([z.string(), z.number()]).transform((value, { addIssue }) => {
  const ms = idleSetting(String(value));
  if (ms !== undefined) return ms;
  addIssue('not a duration from 500ms to 720h, such as 30s or 5m, and not never');
  return z.NEVER;
});

/** Clones of one shape. */
export const CLONES_MAX = 64;

const Config = z.strictObject({
  /** Where images are looked for; a file dropped there is installed. */
  imagesDir: path.optional(),
  /** Address of the API besides the unix socket: host:port. */
  listen: z.string().optional(),
  tls: z.strictObject({ cert: path, key: path }).optional(),
  /** Lets keys travel readable over an address that is not this machine's own. */
  allowPlaintext: z.boolean().optional(),
  network: z.strictObject({ allow: z.array(range).default([]) }).optional(),
  /** Suite -> the site's mirror of its archive. */
  mirrors: z.record(z.string(), z.url({ protocol: /^https?$/ })).optional(),
  /** Where `bhatti update` fetches tiers: http(s)://... or a folder; the key is minisign's. */
  release: z
    .strictObject({
      source: z.string().regex(/^(https?:\/\/|\/)/, 'no http address and no absolute path'),
      key: z.string().optional(),
    })
    .optional(),
  accelerator: z.enum(['kvm', 'hvf', 'tcg']).optional(),
  /** Uids that VMs run as when the daemon is root. */
  uids: z.strictObject({ first: z.int().min(1), count: z.int().min(1) }).optional(),
  /** Clones that are prepared ahead: how many of one shape, and what all may hold. */
  pool: z
    .strictObject({ clones: z.int().min(0).max(CLONES_MAX).optional(), memoryMib: z.int().min(0).optional() })
    .optional(),
  /** When sandboxes that say nothing else are set aside: durations such as 30s, or never. */
  idle: z
    .strictObject({
      warm: idle.optional(),
      cold: idle.optional(),
      keepHot: z.boolean().optional(),
      wakeForTimers: z.boolean().optional(),
    })
    .optional(),
  /** How many snapshots of one sandbox stay whose name was not chosen. */
  snapshots: z.strictObject({ keep: z.int().min(1) }).optional(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).optional(),
});
export type Config = z.infer<typeof Config>;

function invalid(file: string, line: number, why: string): BhattiError {
  return new BhattiError('config.invalid', `cannot read ${file}:${line}: ${why}`, {
    remedy: `mend line ${line} of ${file}; docs/daemon.md lists the keys`,
  });
}

/** @throws BhattiError config.invalid, its message naming file and line */
export function parseConfig(text: string, file: string): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [broken] = document.errors;
  if (broken !== undefined) {
    throw invalid(file, lines.linePos(broken.pos[0]).line, broken.message.split('\n')[0] ?? 'it is no YAML');
  }
  const parsed = Config.safeParse(document.toJS({ maxAliasCount: 0 }) ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const keys = [...(issue?.path ?? []), ...(unknown === undefined ? [] : [unknown])];
  const node = keys.length === 0 ? document.contents : document.getIn(keys, true);
  const line = lines.linePos(isNode(node) ? (node.range?.[0] ?? 0) : 0).line;
  throw invalid(
    file,
    line,
    unknown === undefined ? `${keys.join('.')}: ${issue?.message}` : `unknown key ${keys.join('.')}`,
  );
}

/** @param required false: a file that is not there is an empty one. @throws BhattiError config.invalid */
export async function readConfig(file: string, required: boolean): Promise<Config> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (!required && error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw invalid(file, 1, error instanceof Error ? error.message : String(error));
  }
  return parseConfig(text, file);
}
