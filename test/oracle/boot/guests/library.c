/* A Multiboot kernel in C at -O2: strings, bits, checksums, and a table made at run time. */
__asm__(".section .multiboot\n"
        ".align 4\n"
        ".long 0x1badb002, 0, -0x1badb002\n"
        ".text\n"
        ".globl _start\n"
        "_start: mov $stack_top, %esp\n"
        "call kernel\n"
        "cli\n hlt\n"
        ".bss\n .align 16\n .skip 4096\n stack_top:\n");

typedef unsigned int u32;
static u32 table[256];
static int place;
static const char words[] = "the quick brown fox jumps over the lazy dog";

static void put(char c) {
  __asm__ volatile("outb %0, %1" : : "a"(c), "Nd"((unsigned short)0x3f8));
  ((volatile unsigned short *)0xb8000)[place++] = (unsigned short)(0x0f00 | (unsigned char)c);
}
static void hex(u32 n) { for (int i = 28; i >= 0; i -= 4) put("0123456789abcdef"[(n >> i) & 15]); }
static u32 crc(const char *s) {
  u32 sum = ~0u;
  while (*s) sum = table[(sum ^ (unsigned char)*s++) & 255] ^ (sum >> 8);
  return ~sum;
}

void kernel(void) {
  for (int i = 0; i < 2000; i++) ((volatile unsigned short *)0xb8000)[i] = 0x0720;
  for (u32 i = 0; i < 256; i++) {
    u32 n = i;
    for (int k = 0; k < 8; k++) n = n & 1 ? 0xedb88320u ^ (n >> 1) : n >> 1;
    table[i] = n;
  }
  hex(crc(words));
  put(' ');
  u32 seen = 0;
  for (const char *s = words; *s; s++) if (*s != ' ') seen |= 1u << (*s - 'a');
  hex(seen);
  put(' ');
  for (int i = sizeof words - 2; i >= 0; i--) put(words[i]);
}
