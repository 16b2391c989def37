import type { Cli, ServeFlags } from '../context.ts';
import { type Define, examples } from '../verb.ts';

export const define: Define = (command, act) => {
  command
    .option('--images-dir <folder>', 'where images lie (BHATTI_IMAGES_DIR)')
    .option('--listen <host:port>', 'serve API keys over TCP as well (BHATTI_LISTEN)')
    .option('--config <file>', 'settings (BHATTI_CONFIG; default: config.yaml in the data directory)')
    .option('--group <group>', 'whose members may use the unix socket, besides this user')
    .option('--log-level <level>', 'debug, info, warn or error (BHATTI_LOG_LEVEL)')
    .addHelpText(
      'after',
      examples('bhatti serve', 'bhatti serve --listen 127.0.0.1:8440', 'bhatti serve --data-dir /srv/bhatti') +
        '\nOther verbs start it by themselves. Sandboxes run on when it ends.\n',
    )
    .action(act(serve));
};

async function serve(cli: Cli, options: ServeFlags): Promise<void> {
  await cli.around.serve(options);
}
