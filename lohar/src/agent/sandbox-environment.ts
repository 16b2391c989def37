/**
 * The environment of an exec, later ones win: defaults, /etc/default/locale and /etc/environment (the image's), the
 * sandbox's (from prepare), /run/bhatti/env (units write it; read at each exec), the request's.
 */
import { type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { ENVIRONMENT_FILE_SIZE_MAX, parseEnvironmentFile } from '../unit/exec/environment-file.ts';
import type { Account } from './accounts.ts';

/** Debian's ENV_SUPATH of login.defs(5): one path for all users, since administration is what sandboxes are for. */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const IMAGE_FILES = ['/etc/default/locale', '/etc/environment'];

type Variables = Readonly<Record<string, string>>;

export interface EnvironmentLayers {
  readonly account: Account;
  /** What a terminal calls itself; absent without one. */
  readonly term?: string;
  /** Texts of the image's files. */
  readonly image: readonly string[];
  readonly sandbox: Variables;
  /** Text of the file that units write. */
  readonly units: string;
  readonly request: Variables;
}

/** Puts the layers over each other. */
export function layEnvironment(layers: EnvironmentLayers): Map<string, string> {
  const { name, home, shell } = layers.account;
  const defaults = { PATH: DEFAULT_PATH, HOME: home, USER: name, LOGNAME: name, SHELL: shell, LANG: 'C.UTF-8' };
  const all = new Map(Object.entries({ ...defaults, TERM: layers.term ?? 'dumb' }));
  const lay = (variables: Variables): void => {
    for (const [key, value] of Object.entries(variables)) all.set(key, value);
  };
  for (const text of layers.image) lay(assignments(text));
  if (layers.term !== undefined) all.set('TERM', layers.term);
  lay(layers.sandbox);
  lay(assignments(layers.units));
  lay(layers.request);
  return all;
}

/** Assignments of a file of pam_env or of systemd's kind; `export` is for the shells that read it as well. */
function assignments(text: string): Variables {
  const { entries } = parseEnvironmentFile(text.replace(/^[ \t]*export[ \t]+/gm, ''));
  return Object.fromEntries(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}

export class SandboxEnvironment {
  readonly #sys: Sys;
  /** Folder of the files that are not the image's: /run/bhatti. */
  readonly #folder: string;
  #sandbox: Variables;

  constructor(sys: Sys, folder: string) {
    this.#sys = sys;
    this.#folder = folder;
    this.#sandbox = this.#restore();
  }

  /** Keeps the sandbox's variables, also over a re-execution of PID 1. */
  set(variables: Variables): void {
    this.#sandbox = variables;
    const path = `${this.#folder}/sandbox-env.json`;
    this.#sys.writeFileAtomic(path, this.#sys.encode(JSON.stringify(variables)), { mode: 0o600 });
  }

  of(account: Account, request: Variables, term?: string): Map<string, string> {
    return layEnvironment({
      account,
      image: IMAGE_FILES.map((path) => this.#read(path)),
      sandbox: this.#sandbox,
      units: this.#read(`${this.#folder}/env`),
      request,
      ...(term === undefined ? {} : { term }),
    });
  }

  #restore(): Variables {
    const text = this.#read(`${this.#folder}/sandbox-env.json`);
    return text === '' ? {} : (JSON.parse(text) as Variables); // written by set() alone, in a folder of root
  }

  /** A file that is missing or broken has no variables: an exec must be possible to mend it. */
  #read(path: string): string {
    try {
      return this.#sys.decode(this.#sys.readFile(path, ENVIRONMENT_FILE_SIZE_MAX));
    } catch (error) {
      if (error instanceof SysError) return '';
      throw error;
    }
  }
}
