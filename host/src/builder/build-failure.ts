/** Turns whatever ended a build into the error the user sees: what went wrong and what to do. */
import { BhattiError } from '@bhatti/wire/errors.ts';
import { FULL, ProgramFailed } from './program.ts';

export interface BuildContext {
  readonly tier: string;
  readonly log: string;
  readonly cacheDir: string;
  readonly imagesDir: string;
  readonly cancelled: boolean;
}

const MIRROR_SILENT =
  /Failed to fetch|Could not (resolve|connect|handshake)|Unable to connect|Connection (timed out|failed|refused)|Temporary failure resolving/;
const MIRROR_WRONG =
  /Hash Sum mismatch|NO_PUBKEY|is not signed|signatures? (couldn't|were) |does not have a Release file|Release file .* (expired|not valid)/;
const COMPLAINT = /^(E: (?!mmdebstrap failed)|dpkg: error|tar: |mke2fs: )/;
const NO_PACKAGE = /Unable to locate package|has no installation candidate|unmet dependencies|held broken packages/;

export function buildFailure(error: unknown, at: BuildContext): BhattiError {
  const cannot = `cannot build tier ${at.tier}`;
  if (at.cancelled)
    return new BhattiError('operation.cancelled', `${cannot}: it was cancelled`, {
      remedy: `bhatti tier build ${at.tier} goes on with what was downloaded`,
    });
  if (error instanceof BhattiError) return error;
  const text = error instanceof ProgramFailed ? error.tail.join('\n') : String(error);
  if (FULL.test(text))
    return new BhattiError('host.disk-full', `${cannot}: the disk is full`, {
      remedy: `free space where ${at.imagesDir} and ${at.cacheDir} lie: df -h ${at.imagesDir} ${at.cacheDir}`,
      cause: error,
    });
  const failed = (why: string, remedy: string) =>
    new BhattiError('tier.build-failed', `${cannot}: ${why}`, { remedy, cause: error });
  const lines = text.split('\n').filter((one) => one.trim() !== '');
  const line = (which: RegExp) =>
    (lines.find((one) => which.test(one)) ?? lines.at(-1) ?? 'no reason was given').trim();
  if (MIRROR_WRONG.test(text))
    return failed(
      `the package mirror gave something wrong: ${line(MIRROR_WRONG)}`,
      'try again later, or set another mirror (docs/tiers.md)',
    );
  if (MIRROR_SILENT.test(text))
    return failed(
      `the package mirror does not answer: ${line(MIRROR_SILENT)}`,
      'check the network and http_proxy, or set another mirror (docs/tiers.md)',
    );
  if (NO_PACKAGE.test(text))
    return failed(line(NO_PACKAGE), `mend the packages of the recipe; the whole log is ${at.log}`);
  return failed(line(COMPLAINT), `the whole log is ${at.log}`);
}
