/*
 * Runs single user-mode instructions on this machine's processor and reports what they did.
 *
 * Each case is registers, flags, segments and the bytes of an instruction. The case is entered by returning from a
 * signal handler with those registers and TF set, so that the kernel loads the whole state at once; the single-step
 * trap, or the fault, that follows comes back into the handler with the state after it. The next case is then written
 * over the interrupted context. Freestanding, so that nothing depends on thread-local storage behind GS, and linked away
 * from the addresses that cases use.
 *
 * Input, all little-endian 32-bit words, lengths in bytes:
 *   descriptors: count, then entry, base, limit, contents, flags (bit 0: 32-bit, 1: read-only or execute-only, 2: limit
 *                in pages, 3: not present)
 *   regions:     count, then address, length, writable; writable ones are filled from the pool before each case
 *   pool:        length, then its bytes (a multiple of four)
 *   cases:       count, then `struct test_case`s
 * Output, for each case: `struct outcome`, then as many `struct changed_byte`s as it says.
 */

#include <asm/ldt.h>
#include <asm/signal.h>
#include <asm/sigcontext.h>
#include <asm/ucontext.h>
#include <asm/unistd.h>

typedef unsigned int u32;
typedef unsigned char u8;

enum { sigill = 4, sigtrap = 5, sigbus = 7, sigfpe = 8, sigsegv = 11 };
enum { sa_siginfo = 4, sa_onstack = 0x08000000, sa_restorer = 0x04000000 };
enum { trap_flag = 0x100, max_regions = 16, max_changes = 1024, patch_count = 3 };

struct patch {
  u32 address, length;
  u8 bytes[16];
};

struct test_case {
  u32 registers[8]; /* in encoding order */
  u32 eip, eflags;
  u32 segments[6];  /* ES CS SS DS FS GS */
  u32 max_steps;    /* iterations of a repeated instruction */
  u32 pool_offset;
  u32 code_address, code_length;
  u8 code[16];
  struct patch patches[patch_count];
};

struct outcome {
  u32 registers[8];
  u32 eip, eflags;
  u32 segments[6];
  u32 signal, vector, error_code, fault_address;
  u32 steps, changes;
};

struct changed_byte {
  u32 address, value;
};

struct region {
  u32 address, length, writable;
  u8 *before;
};

static struct region regions[max_regions];
static u32 region_count, pool_length, case_count, current_case, steps;
static u32 *pool;
static struct test_case test;
static struct changed_byte changes[max_changes];

static u8 output[1 << 16];
static u32 output_length;

static int call3(int number, u32 a, u32 b, u32 c) {
  int result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory");
  return result;
}

static void fail(int status) {
  for (;;) call3(__NR_exit_group, status, 0, 0);
}

static void read_exactly(void *to, u32 length) {
  u8 *at = to;
  while (length > 0) {
    int got = call3(__NR_read, 0, (u32)at, length);
    if (got <= 0) fail(2);
    at += got;
    length -= got;
  }
}

static void flush_output(void) {
  u32 done = 0;
  while (done < output_length) {
    int put = call3(__NR_write, 1, (u32)(output + done), output_length - done);
    if (put <= 0) fail(3);
    done += put;
  }
  output_length = 0;
}

static void write_out(const void *from, u32 length) {
  if (output_length + length > sizeof output) flush_output();
  for (u32 i = 0; i < length; i++) output[output_length + i] = ((const u8 *)from)[i];
  output_length += length;
}

static u32 read_word(void) {
  u32 word;
  read_exactly(&word, sizeof word);
  return word;
}

static u32 map(u32 address, u32 length, u32 protection) {
  /* private, anonymous, fixed if an address is given, populated */
  u32 arguments[6] = {address, length, protection, 0x8022 | (address ? 0x10 : 0), (u32)-1, 0};
  u32 result = call3(__NR_mmap, (u32)arguments, 0, 0);
  if (result > 0xfffff000) fail(4);
  return result;
}

static void read_descriptors(void) {
  for (u32 count = read_word(); count > 0; count--) {
    struct user_desc descriptor = {0};
    descriptor.entry_number = read_word();
    descriptor.base_addr = read_word();
    descriptor.limit = read_word();
    descriptor.contents = read_word();
    u32 flags = read_word();
    descriptor.seg_32bit = flags & 1;
    descriptor.read_exec_only = flags >> 1 & 1;
    descriptor.limit_in_pages = flags >> 2 & 1;
    descriptor.seg_not_present = flags >> 3 & 1;
    if (call3(__NR_modify_ldt, 0x11, (u32)&descriptor, sizeof descriptor) != 0) fail(5);
  }
}

/* What a region holds before a case; kept to be compared with afterwards. */
static void fill_from_pool(const struct region *region, u32 pool_offset) {
  u32 *to = (u32 *)region->before;
  for (u32 i = 0; i < region->length / 4; i++) to[i] = pool[((pool_offset + region->address) / 4 + i) % (pool_length / 4)];
}

static void copy_words(u32 *to, const u32 *from, u32 length) {
  for (u32 i = 0; i < length / 4; i++) to[i] = from[i];
}

static void read_regions(void) {
  region_count = read_word();
  if (region_count > max_regions) fail(6);
  for (u32 i = 0; i < region_count; i++) {
    u32 address = read_word();
    regions[i].length = read_word();
    regions[i].address = map(address, regions[i].length, 7);
    regions[i].writable = read_word();
    regions[i].before = (u8 *)map(0, regions[i].length, 3);
  }
  pool_length = read_word();
  pool = (u32 *)map(0, pool_length, 3);
  read_exactly(pool, pool_length);
  for (u32 i = 0; i < region_count; i++) {
    if (regions[i].writable) continue;
    fill_from_pool(&regions[i], 0);
    copy_words((u32 *)regions[i].address, (const u32 *)regions[i].before, regions[i].length);
    call3(__NR_mprotect, regions[i].address, regions[i].length, 5);
  }
}

/* Bytes that the case puts somewhere; those that fall outside the writable regions are lost. */
static void patch(u32 address, const u8 *bytes, u32 length) {
  for (u32 i = 0; i < region_count; i++)
    for (u32 j = 0; regions[i].writable && j < length; j++)
      if (address + j - regions[i].address < regions[i].length) regions[i].before[address + j - regions[i].address] = bytes[j];
}

static void prepare_memory(void) {
  for (u32 i = 0; i < region_count; i++)
    if (regions[i].writable) fill_from_pool(&regions[i], test.pool_offset);
  patch(test.code_address, test.code, test.code_length);
  for (u32 i = 0; i < patch_count; i++) patch(test.patches[i].address, test.patches[i].bytes, test.patches[i].length);
  for (u32 i = 0; i < region_count; i++)
    if (regions[i].writable) copy_words((u32 *)regions[i].address, (const u32 *)regions[i].before, regions[i].length);
}

static u32 find_changes(void) {
  u32 count = 0;
  for (u32 i = 0; i < region_count; i++) {
    const u8 *after = (const u8 *)regions[i].address;
    for (u32 j = 0; j < regions[i].length; j++) {
      if (*(const u32 *)(after + (j & ~3u)) == *(const u32 *)(regions[i].before + (j & ~3u))) {
        j |= 3;
        continue;
      }
      if (after[j] == regions[i].before[j] || count == max_changes) continue;
      changes[count].address = regions[i].address + j;
      changes[count++].value = after[j];
    }
  }
  return count;
}

static void enter_case(struct sigcontext *context) {
  const u32 *r = test.registers;
  context->eax = r[0], context->ecx = r[1], context->edx = r[2], context->ebx = r[3];
  context->esp = r[4], context->ebp = r[5], context->esi = r[6], context->edi = r[7];
  context->eip = test.eip;
  context->eflags = test.eflags | trap_flag;
  context->es = test.segments[0], context->cs = test.segments[1], context->ss = test.segments[2];
  context->ds = test.segments[3], context->fs = test.segments[4], context->gs = test.segments[5];
}

static void report(int signal, const struct sigcontext *context) {
  struct outcome outcome = {
      {context->eax, context->ecx, context->edx, context->ebx, context->esp, context->ebp, context->esi, context->edi},
      context->eip,
      context->eflags,
      {context->es, context->cs, context->ss, context->ds, context->fs, context->gs},
      signal,
      context->trapno,
      context->err,
      context->cr2,
      steps,
      0,
  };
  outcome.changes = find_changes();
  write_out(&outcome, sizeof outcome);
  write_out(changes, outcome.changes * sizeof(struct changed_byte));
}

static void next_case(struct sigcontext *context) {
  if (current_case == case_count) {
    flush_output();
    fail(0);
  }
  current_case++;
  steps = 0;
  read_exactly(&test, sizeof test);
  prepare_memory();
  enter_case(context);
}

static void handle(int signal, void *info, struct ucontext *user) {
  struct sigcontext *context = &user->uc_mcontext;
  __asm__ volatile("pushl $0x202; popfl" ::: "cc"); /* NT and ID would leak from case to case */
  (void)info;
  if (current_case > 0) {
    steps++;
    int again = signal == sigtrap && context->eip == test.eip && context->cs == test.segments[1];
    if (again && steps < test.max_steps) {
      context->eflags |= trap_flag;
      return;
    }
    report(signal, context);
  }
  next_case(context);
}

__asm__(".globl restore_context\nrestore_context:\n  mov $173, %eax\n  int $0x80\n"); /* rt_sigreturn */
extern void restore_context(void);

static void install_handler(void) {
  struct {
    void (*handler)(int, void *, struct ucontext *);
    u32 flags;
    void (*restorer)(void);
    u32 mask[2];
  } action = {handle, sa_siginfo | sa_onstack | sa_restorer, restore_context, {0xffffffff, 0xffffffff}};
  static const int signals[] = {sigill, sigtrap, sigbus, sigfpe, sigsegv};
  struct {
    u32 stack;
    int flags;
    u32 size;
  } alternate = {map(0, 1 << 16, 3), 0, 1 << 16};
  if (call3(__NR_sigaltstack, (u32)&alternate, 0, 0) != 0) fail(7);
  for (u32 i = 0; i < sizeof signals / sizeof *signals; i++) {
    u32 a = signals[i], b = (u32)&action;
    int result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(__NR_rt_sigaction), "b"(a), "c"(b), "d"(0), "S"(8) : "memory");
    if (result != 0) fail(8);
  }
}

__attribute__((force_align_arg_pointer)) void _start(void) {
  read_descriptors();
  read_regions();
  case_count = read_word();
  install_handler();
  call3(__NR_kill, call3(__NR_getpid, 0, 0, 0), sigtrap, 0);
  fail(9);
}
