import type { Command } from 'commander';

/** Options that every verb knows. */
export function globalOptions(command: Command): Command {
  return command
    .option('--json', "print the API's own reply")
    .option('--url <url>', 'a daemon elsewhere (BHATTI_URL)')
    .option('--token <key>', 'API key for it (BHATTI_TOKEN)')
    .option('--data-dir <folder>', "folder of this machine's daemon (BHATTI_DATA_DIR)");
}
