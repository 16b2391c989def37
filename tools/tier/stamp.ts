/**
 * Remembers of what a tier image was built, so that npm start and npm test build it again only when that changed: the
 * recipe, the builder and lohar. `bhatti tier build` itself always builds.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectFiles } from '../tidy/files.ts';

/** What an image is made of, below the root; folders end with a slash. */
const inputFolders = (tier: string): string[] => [`tiers/${tier}/`, 'tiers/keys/', 'lohar/units/', 'host/src/builder/'];

function inputsOf(root: string, tier: string): string {
  const hash = createHash('sha256');
  const files = projectFiles(root).filter((path) => inputFolders(tier).some((folder) => path.startsWith(folder)));
  for (const path of [...files, 'build/amd64/lohar']) hash.update(path).update(readFileSync(join(root, path)));
  return hash.digest('hex');
}

export class TierStamp {
  readonly #path: string;
  readonly #inputs: string;
  readonly #image: string;

  /** @param image path of the image that the build makes */
  constructor(root: string, tier: string, image: string) {
    this.#path = join(root, 'build/stamps', `${createHash('sha256').update(image).digest('hex').slice(0, 16)}.json`);
    this.#inputs = inputsOf(root, tier);
    this.#image = image;
  }

  /** True when the image is the one that was built of what is there now. */
  isCurrent(): boolean {
    if (!existsSync(this.#path) || !existsSync(this.#image)) return false;
    return readFileSync(this.#path, 'utf8') === this.#content();
  }

  /** To be called after a build. */
  keep(): void {
    mkdirSync(dirname(this.#path), { recursive: true });
    writeFileSync(this.#path, this.#content());
  }

  #content(): string {
    return JSON.stringify({ image: this.#image, changedMs: statSync(this.#image).mtimeMs, inputs: this.#inputs });
  }
}
