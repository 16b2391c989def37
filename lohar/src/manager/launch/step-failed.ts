/** A step before exec failed: the exit status that systemd gives for it, and what is logged (systemd.exec(5)). */
import { SysError } from '@bhatti/runtime/sys.ts';
import { errorText } from './error-text.ts';

export const EXIT_NAMESPACE = 226;

export class StepFailed extends Error {
  readonly exit: number;
  constructor(exit: number, message: string) {
    super(message);
    this.name = 'StepFailed';
    this.exit = exit;
  }

  /** Turns a failed system call into a failed step: `what: No such file or directory`. */
  static from(exit: number, what: string, error: unknown): StepFailed {
    if (error instanceof StepFailed) return error;
    if (error instanceof SysError) return new StepFailed(exit, `${what}: ${errorText(error.code)}`);
    throw error;
  }
}
