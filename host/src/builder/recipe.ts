/** A tier's recipe.yaml: its schema, and errors that name file and line. */
import { BhattiError } from '@bhatti/wire/errors.ts';
import { type Document, isNode, LineCounter, type ParsedNode, parseDocument } from 'yaml';
import { z } from 'zod';

/** Largest recipe read. */
export const RECIPE_SIZE_MAX = 256 * 1024;
const REHEARSALS_MAX = 4;

const TIER_NAME = /^[a-z][a-z0-9-]{0,40}$/;
const tierName = z.string().regex(TIER_NAME, 'a tier name has lower-case letters, digits and dashes');
const packageName = z.string().regex(/^[a-z0-9][a-z0-9+.-]{1,100}$/, 'not a package name');
const word = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9@_.:+-]{0,127}$/, 'not a plain word');
const unitName = z
  .string()
  .regex(/^[A-Za-z0-9:_.@\\-]{1,240}\.(service|socket|timer|path|mount|target)$/, 'not a unit name');
const insidePath = z
  .string()
  .max(1000)
  .regex(/^[^/\s][^\s]*$/, 'a path inside the tiers folder, without spaces')
  .refine((path) => !path.split('/').includes('..'), 'must not climb with ..');
const imagePath = z
  .string()
  .max(1000)
  .regex(/^\/[^\s]+$/, 'an absolute path in the image, without spaces')
  .refine((path) => !path.split('/').includes('..'), 'must not climb with ..');
const mode = z.string().regex(/^[0-7]{4}$/, 'four octal digits, as "0644"');
const commandLine = z
  .string()
  .max(1000)
  .regex(/^\P{Cc}*\S\P{Cc}*$/u, 'a command line for the shell');
const cpus = z.int().min(1).max(255);
const mib = z
  .int()
  .min(64)
  .max(1 << 20);

const source = {
  suite: word,
  components: z.array(word).min(1),
  keyring: insidePath,
};

const recipeSchema = z
  .strictObject({
    description: z.string().min(1).max(200),
    /** The tier this one is built on ... */
    base: tierName.optional(),
    /** ... or the distribution a root is made from. */
    bootstrap: z.strictObject(source).optional(),
    kernel: z.strictObject({ package: packageName, cut: z.array(insidePath).default([]) }).optional(),
    packages: z.array(packageName).default([]),
    /** Packages of another distribution; nothing else is ever taken from it. */
    foreign: z.array(z.strictObject({ ...source, packages: z.array(packageName).min(1) })).default([]),
    /** Of the npm registry, installed into /usr/local; none of their scripts is run. */
    npm: z
      .array(
        z.strictObject({
          name: z.string().regex(/^(@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]{0,200}$/, 'not an npm package'),
          version: z.string().regex(/^\d+\.\d+\.\d+(-[a-z0-9.]+)?$/, 'one exact version'),
          /** Programs of the package whose symbols are left out. */
          strip: z.array(insidePath).default([]),
        }),
      )
      .default([]),
    locales: z.array(word).default([]),
    users: z
      .array(
        z.strictObject({
          name: z.string().regex(/^[a-z_][a-z0-9_-]{0,30}$/, 'not a user name'),
          uid: z.int().min(1).max(59999),
          groups: z.array(word).default([]),
          /** Every command as every user, without a password. */
          sudo: z.boolean().default(false),
        }),
      )
      .default([]),
    /** A user of a tier below joins a group that this one's packages made. */
    members: z.array(z.strictObject({ group: word, user: word })).default([]),
    directories: z
      .array(z.strictObject({ path: imagePath, owner: word.default('root'), mode: mode.default('0755') }))
      .default([]),
    /** Each lies under the tier's files/ at the same path. */
    files: z
      .array(
        z.strictObject({
          path: imagePath,
          mode: mode.default('0644'),
          /** Laid down before the packages are installed. */
          early: z.boolean().default(false),
        }),
      )
      .default([]),
    links: z.array(z.strictObject({ path: imagePath, target: imagePath })).default([]),
    enable: z.array(unitName).default([]),
    /** What its sandboxes are used for first. */
    rehearsal: z.array(commandLine).max(REHEARSALS_MAX).default([]),
    cut: z.array(imagePath).default([]),
    minimum: z.strictObject({ cpus, memoryMib: mib }),
    comfortable: z.strictObject({ cpus, memoryMib: mib }),
    diskMib: mib,
    /** The build fails when the files in the image take more. */
    usedMibMax: mib,
  })
  .refine((recipe) => (recipe.base === undefined) !== (recipe.bootstrap === undefined), {
    message: 'needs either base or bootstrap',
  });

export type Recipe = z.infer<typeof recipeSchema>;

/** @returns whether a folder of this name can be a tier */
export const isTierName = (name: string): boolean => TIER_NAME.test(name);

/**
 * @param file named in errors
 * @throws BhattiError recipe.invalid, its message starting with file:line
 */
export function parseRecipe(text: string, file: string): Recipe {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const broken = document.errors[0];
  if (broken) throw invalid(file, lines.linePos(broken.pos[0]).line, firstLine(broken.message));
  const parsed = recipeSchema.safeParse(plainValue(document, file));
  if (parsed.success) return parsed.data;
  // A key misspelt is both unknown and missing: the first of the two helps.
  const { issues } = parsed.error;
  const issue = issues.find((one) => one.code === 'unrecognized_keys') ?? issues[0];
  if (!issue) throw invalid(file, 1, parsed.error.message);
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
  const where = lines.linePos(offsetOf(document, path)).line;
  const key = path.map(String).join('.');
  throw invalid(
    file,
    where,
    issue.code === 'unrecognized_keys' ? `unknown key ${key}` : `${key || 'the recipe'}: ${issue.message}`,
  );
}

function plainValue(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (cause) {
    throw invalid(file, 1, cause instanceof Error ? cause.message : String(cause));
  }
}

/** @returns where the value lies, or the nearest thing around it that is there */
function offsetOf(document: Document<ParsedNode>, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth > 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

/** @returns the line a key stands on, for what only the file system can tell wrong */
export function lineOfKey(text: string, path: readonly string[]): number {
  const lines = new LineCounter();
  return lines.linePos(offsetOf(parseDocument(text, { lineCounter: lines }), path)).line;
}

/** @returns the error that names a line of a recipe */
export function invalid(file: string, line: number, why: string): BhattiError {
  return new BhattiError('recipe.invalid', `cannot read recipe ${file}:${line}: ${why}`, {
    remedy: `mend line ${line} of ${file}; docs/tiers.md lists the keys`,
  });
}

const firstLine = (message: string): string => message.split('\n', 1)[0] ?? message;
