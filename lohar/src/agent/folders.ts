/** Whole folders: tar streams both ways, and removal, by the sandbox's own tar and rm. */
import { BhattiError } from '@bhatti/wire/errors.ts';
import { asFileError } from './agent-errors.ts';
import type { AgentContext, GuestStream, RequestOf } from './context.ts';
import { absolute, parentOf } from './files.ts';
import { serveByProgram } from './guest-program.ts';
import { defaultAccount } from './launch.ts';

/** A folder is packed as its content (./...), anything else under its own name. */
export function serveTarRead(context: AgentContext, stream: GuestStream, request: RequestOf<'tar.read'>): void {
  const path = absolute('pack', request.path);
  const { type } = asFileError(`pack ${path}`, () => context.sys.stat(path));
  const [folder, name] = type === 'directory' ? [path, '.'] : [parentOf(path), path.slice(path.lastIndexOf('/') + 1)];
  const argv = ['tar', '--create', '--file=-', `--directory=${folder}`, '--', name];
  serveByProgram(context, stream, { action: `pack ${path}`, argv, user: 'root', takesInput: false });
}

/** Unpacks into a folder, which is made when it is missing. The files belong to the user, whoever packed them. */
export function serveTarWrite(context: AgentContext, stream: GuestStream, request: RequestOf<'tar.write'>): void {
  const { sys, accounts } = context;
  const path = absolute('unpack into', request.path);
  const account = request.user === undefined ? defaultAccount(context) : accounts.find(request.user);
  const { uid, gid, name: user } = account;
  asFileError(`unpack into ${path}`, () => {
    if (sys.access(path, 0)) return;
    sys.mkdir(path, 0o755);
    sys.chown(path, uid, gid);
  });
  const argv = ['tar', '--extract', '--file=-', `--directory=${path}`, '--no-same-owner'];
  serveByProgram(context, stream, { action: `unpack into ${path}`, argv, user, takesInput: true });
}

export function serveRemove(context: AgentContext, stream: GuestStream, request: RequestOf<'file.remove'>): void {
  const { sys } = context;
  const path = absolute('remove', request.path).replace(/(?<=.)\/+$/, '');
  if (path === '/') {
    throw new BhattiError('file.denied', 'cannot remove /: it is the whole sandbox', {
      remedy: 'bhatti destroy SANDBOX removes it with everything in it',
    });
  }
  const { type } = asFileError(`remove ${path}`, () => sys.lstat(path));
  if (type === 'directory' && request.recursive) {
    const argv = ['rm', '--recursive', '--force', '--one-file-system', '--', path];
    serveByProgram(context, stream, { action: `remove ${path}`, argv, user: 'root', takesInput: false });
    return;
  }
  asFileError(`remove ${path}`, () => (type === 'directory' ? sys.rmdir(path) : sys.unlink(path)));
  stream.close();
}
