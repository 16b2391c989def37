// A fatal signal makes the process execute itself again: same pid, same children, the registered descriptors open.
// A fault does so at once; a signal that somebody else sent can wait until the loop has nothing left to do.
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/fcntl.h>
#include "native.h"
#include "raw-call.h"

static char **new_argv;
static char **new_envp;
static char *signal_digits;
static const volatile int32_t *surviving;
static long own_pid;
static volatile int waiting;
static volatile int deferred;
static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
enum { FATAL_COUNT = sizeof fatal / sizeof fatal[0], STACK_SIZE = 32768, SURVIVING_MAX = 65536 };

static void execute_again(int number) {
  for (int32_t i = 1; i <= surviving[0] && i < SURVIVING_MAX; i++) {
    const long keep[6] = {surviving[i], F_SETFD, 0};
    raw_call(SYS_fcntl, keep);
  }
  signal_digits[0] = (char)('0' + number / 10);
  signal_digits[1] = (char)('0' + number % 10);
  const long again[6] = {(long)"/proc/self/exe", (long)new_argv, (long)new_envp};
  raw_call(SYS_execve, again);
  const long failed[6] = {128 + number};
  raw_call(SYS_exit_group, failed);
}

static void on_crash(int number, siginfo_t *info, void *context) {
  (void)context;
  const bool sent = info->si_code <= 0 && info->si_pid != own_pid;
  if (sent && !waiting) deferred = number;
  else execute_again(number);
}

void crash_now(void) { execute_again(SIGABRT); }

long crash_wait(const long call[7]) {
  waiting = 1;
  if (deferred) execute_again(deferred);
  const long result = raw_call(call[0], call + 1);
  waiting = 0;
  return result;
}

void survive_crashes(char **argv, char **envp, char *digits, const volatile int32_t *fds) {
  static char stack[STACK_SIZE];
  new_argv = argv;
  new_envp = envp;
  signal_digits = digits;
  surviving = fds;
  own_pid = getpid();
  stack_t alternative = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&alternative, NULL);
  // SA_NODEFER: the mask survives execve, and a second crash must be caught as well.
  struct sigaction action = {.sa_sigaction = on_crash, .sa_flags = SA_ONSTACK | SA_NODEFER | SA_SIGINFO};
  sigset_t set;
  sigemptyset(&set);
  for (int i = 0; i < FATAL_COUNT; i++) {
    sigaction(fatal[i], &action, NULL);
    sigaddset(&set, fatal[i]);
  }
  sigprocmask(SIG_UNBLOCK, &set, NULL);
}
