/** Which tier a new server gets. */
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { OfferedTierReply } from '../client/replies.ts';
import { ask } from '../terminal/ask.ts';
import { mebibytesText, note, table } from '../terminal/output.ts';

const DEFAULT = 'minimal';
/** Answers that are none; then somebody leans on the keyboard. */
const TRIES = 5;

/** The menu, smallest first as the tiers build on each other. */
export function menuOf(tiers: readonly OfferedTierReply[]): readonly OfferedTierReply[] {
  return [...tiers].sort((a, b) => a.usedMib - b.usedMib);
}

/** @returns the tier that an answer means: its number, its name, or nothing for the first; undefined when it is none */
export function answered(menu: readonly OfferedTierReply[], answer: string): string | undefined {
  const preset = menu.find(({ name }) => name === DEFAULT) ?? menu[0];
  if (answer === '') return preset?.name;
  const byNumber = /^\d{1,4}$/.test(answer) ? menu[Number(answer) - 1] : undefined;
  return (byNumber ?? menu.find(({ name }) => name === answer))?.name;
}

/** @throws BhattiError operation.cancelled when the terminal ends or Ctrl+C is typed; request.invalid */
export async function askForTier(tiers: readonly OfferedTierReply[]): Promise<string> {
  const menu = menuOf(tiers);
  const rows = menu.map(({ name, description, usedMib }, at) => [
    `${at + 1}`,
    name,
    mebibytesText(usedMib),
    description,
  ]);
  note('\nWhich tier shall this server have? "bhatti update --tiers NAME" installs more later.');
  for (const line of table(['', 'TIER', 'SIZE', 'WHAT IT IS'], rows)) note(line);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const answer = await ask(`Number or name [${answered(menu, '')}]: `);
    if (answer === null)
      throw new BhattiError('operation.cancelled', 'cannot install a tier: none was chosen', {
        remedy: 'sudo bhatti setup goes on here',
      });
    const chosen = answered(menu, answer);
    if (chosen !== undefined) return chosen;
    note(`There is no tier ${JSON.stringify(answer)}.`);
  }
  throw new BhattiError('request.invalid', 'cannot install a tier: no answer was one of them', {
    remedy: `sudo bhatti setup --tier ${DEFAULT}`,
  });
}
