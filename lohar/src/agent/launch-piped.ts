/** A program with pipes at 0, 1 and 2. */
import type { Fd } from '@bhatti/runtime/sys.ts';
import type { AgentContext } from './context.ts';
import { type Command, type Launched, launch } from './launch.ts';

export interface Piped extends Launched {
  /** null: the program reads /dev/null. */
  readonly stdin: Fd | null;
  readonly stdout: Fd;
  /** null: it goes where stdout goes. */
  readonly stderr: Fd | null;
}

/**
 * The descriptors are the caller's.
 *
 * @param pipes `joined`: one pipe for stdout and stderr
 * @throws BhattiError as launch(), SysError
 */
export function launchPiped(
  context: AgentContext,
  command: Command,
  pipes: { readonly stdin: boolean; readonly joined?: boolean },
): Piped {
  const { sys, devNull } = context;
  const own: Fd[] = [];
  const childs: Fd[] = [];
  const makePipe = (childReads: boolean): { own: Fd; child: Fd } => {
    const { read, write } = sys.pipe();
    const pipe = childReads ? { own: write, child: read } : { own: read, child: write };
    own.push(pipe.own);
    childs.push(pipe.child);
    sys.setNonBlocking(pipe.child, false);
    return pipe;
  };
  try {
    const stdin = pipes.stdin ? makePipe(true) : null;
    const stdout = makePipe(false);
    const stderr = pipes.joined ? null : makePipe(false);
    const childErrors = stderr?.child ?? stdout.child;
    const launched = launch(context, command, [stdin?.child ?? devNull, stdout.child, childErrors]);
    return { ...launched, stdin: stdin?.own ?? null, stdout: stdout.own, stderr: stderr?.own ?? null };
  } catch (error) {
    for (const fd of own) sys.close(fd);
    throw error;
  } finally {
    for (const fd of childs) sys.close(fd);
  }
}
