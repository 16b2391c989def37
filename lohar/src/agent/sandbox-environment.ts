/**
 * The environment of an exec, later ones win: defaults, /etc/default/locale and /etc/environment (the image's), the
 * sandbox's (from prepare), /run/bhatti/env (units write it; read at each exec), the request's.
 */
import type { Sys } from '@bhatti/runtime/sys.ts';
import { ENVIRONMENT_FILE_SIZE_MAX, parseEnvironmentFile } from '../unit/exec/environment-file.ts';
import type { Account } from './accounts.ts';
import { ParsedFile } from './parsed-file.ts';

/** Debian's ENV_SUPATH of login.defs(5): one path for all users, since administration is what sandboxes are for. */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const IMAGE_FILES = ['/etc/default/locale', '/etc/environment'];

type Variables = Readonly<Record<string, string>>;

export interface EnvironmentLayers {
  readonly account: Account;
  /** What a terminal calls itself; absent without one. */
  readonly term?: string;
  /** Of the image's files, in their order. */
  readonly image: readonly Variables[];
  readonly sandbox: Variables;
  /** Of the file that units write. */
  readonly units: Variables;
  readonly request: Variables;
}

/** Puts the layers over each other. */
export function layEnvironment(layers: EnvironmentLayers): Map<string, string> {
  const { name, home, shell } = layers.account;
  const defaults = { PATH: DEFAULT_PATH, HOME: home, USER: name, LOGNAME: name, SHELL: shell, LANG: 'C.UTF-8' };
  const all = new Map(Object.entries({ ...defaults, TERM: layers.term ?? 'dumb' }));
  const lay = (variables: Variables): void => {
    for (const key of Object.keys(variables)) all.set(key, variables[key] ?? '');
  };
  for (const variables of layers.image) lay(variables);
  if (layers.term !== undefined) all.set('TERM', layers.term);
  lay(layers.sandbox);
  lay(layers.units);
  lay(layers.request);
  return all;
}

/** Assignments of a file of pam_env or of systemd's kind; `export` is for the shells that read it as well. */
export function assignments(text: string): Variables {
  const { entries } = parseEnvironmentFile(text.replace(/^[ \t]*export[ \t]+/gm, ''));
  return Object.fromEntries(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}

export class SandboxEnvironment {
  readonly #sys: Sys;
  readonly #image: readonly ParsedFile<Variables>[];
  readonly #units: ParsedFile<Variables>;
  /** Keeps the sandbox's variables while PID 1 executes itself anew. */
  readonly #path: string;
  #sandbox: Variables;

  /** @param folder where the files are that are not the image's: /run/bhatti */
  constructor(sys: Sys, folder: string) {
    const file = (path: string): ParsedFile<Variables> =>
      new ParsedFile(sys, path, ENVIRONMENT_FILE_SIZE_MAX, assignments);
    this.#sys = sys;
    this.#image = IMAGE_FILES.map(file);
    this.#units = file(`${folder}/env`);
    this.#path = `${folder}/sandbox-env.json`;
    this.#sandbox = this.#restore();
  }

  /** The sandbox's variables from now on. */
  set(variables: Variables): void {
    const text = JSON.stringify(variables);
    // Most sandboxes have none, and a fork is on its way to its first command.
    if (text === JSON.stringify(this.#sandbox)) return;
    this.#sandbox = variables;
    this.#sys.writeFileAtomic(this.#path, this.#sys.encode(text), { mode: 0o600 });
  }

  /** A variable of the image's files. */
  ofImage(name: string): string | undefined {
    return this.#image.map((file) => file.get()[name]).findLast((value) => value !== undefined);
  }

  of(account: Account, request: Variables, term?: string): Map<string, string> {
    return layEnvironment({
      account,
      image: this.#image.map((file) => file.get()),
      sandbox: this.#sandbox,
      units: this.#units.get(),
      request,
      ...(term === undefined ? {} : { term }),
    });
  }

  /** Written by set() alone, in a folder of root. */
  #restore(): Variables {
    if (!this.#sys.access(this.#path, 0)) return {};
    return JSON.parse(this.#sys.decode(this.#sys.readFile(this.#path, ENVIRONMENT_FILE_SIZE_MAX))) as Variables;
  }
}
