// A child that runs a list of system calls, the last of which is execve. TypeScript writes the list (src/linux/child-program.ts).
//
// The child shares memory with its parent, which is suspended until the child has called execve or ended (CLONE_VM and
// CLONE_VFORK: no page table is copied, whatever the size of the heap). So the child may make system calls and nothing
// else, on a stack of its own, and writes straight into the parent's memory which step failed.
#define _GNU_SOURCE
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include "native.h"
#include "raw-call.h"

static _Alignas(16) char child_stack[16384];

struct child {
  const struct step *steps;
  long count;
  volatile int32_t *outcome;
};

__attribute__((noreturn, used)) static void child_main(const struct child *child) {
  for (long i = 0; i < child->count; i++) {
    long result = raw_call(child->steps[i].number, child->steps[i].args);
    if (result < 0 && !child->steps[i].optional) {
      child->outcome[0] = (int32_t)i;
      child->outcome[1] = (int32_t)-result;
      break;
    }
  }
  static const long no_args[6] = {127};
  for (;;) raw_call(SYS_exit_group, no_args);
}

// The instruction stands here and not in a libc wrapper, whose return address the child would overwrite.
static long clone_child(struct clone_args *args, const struct child *child) {
#if defined(__x86_64__)
  long result;
  register const struct child *child_arg __asm__("r12") = child;
  register void (*entry)(const struct child *) __asm__("r13") = child_main;
  __asm__ volatile(
      "syscall\n\t"
      "test %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "xor %%ebp, %%ebp\n\t"
      "mov %%r12, %%rdi\n\t"
      "call *%%r13\n\t"
      "1:"
      : "=a"(result)
      : "a"((long)SYS_clone3), "D"(args), "S"(sizeof *args), "r"(child_arg), "r"(entry)
      : "rcx", "r11", "memory");
  return result;
#else
  register long x8 __asm__("x8") = SYS_clone3;
  register long x0 __asm__("x0") = (long)args;
  register long x1 __asm__("x1") = sizeof *args;
  register const struct child *child_arg __asm__("x20") = child;
  register void (*entry)(const struct child *) __asm__("x21") = child_main;
  __asm__ volatile(
      "svc 0\n\t"
      "cbnz x0, 1f\n\t"
      "mov x29, xzr\n\t"
      "mov x0, x20\n\t"
      "blr x21\n\t"
      "1:"
      : "+r"(x0)
      : "r"(x8), "r"(x1), "r"(child_arg), "r"(entry)
      : "memory");
  return x0;
#endif
}

long spawn_child(const struct step *steps, long count, int cgroup, int32_t outcome[2]) {
  struct child child = {steps, count, outcome};
  struct clone_args args;
  memset(&args, 0, sizeof args);
  args.flags = CLONE_VM | CLONE_VFORK | CLONE_CLEAR_SIGHAND;
  args.exit_signal = SIGCHLD;
  args.stack = (uint64_t)(uintptr_t)child_stack;
  args.stack_size = sizeof child_stack;
  if (cgroup >= 0) {
    args.flags |= CLONE_INTO_CGROUP;
    args.cgroup = (uint64_t)cgroup;
  }
  outcome[0] = -1;
  outcome[1] = 0;
  // No handler may run in the child; it sets its own mask as one of its steps.
  uint64_t all = ~0ULL, before = 0;
  const long block[6] = {SIG_SETMASK, (long)&all, (long)&before, sizeof all};
  const long restore[6] = {SIG_SETMASK, (long)&before, 0, sizeof before};
  raw_call(SYS_rt_sigprocmask, block);
  long result = clone_child(&args, &child);
  raw_call(SYS_rt_sigprocmask, restore);
  return result;
}
