/* A Multiboot kernel in C: text on the screen and on COM1, numbers, recursion, a sort, tables of functions. */
__asm__(".section .multiboot\n"
        ".align 4\n"
        ".long 0x1badb002, 3, -(0x1badb002 + 3)\n"
        ".text\n"
        ".globl _start\n"
        "_start: mov $stack_top, %esp\n"
        "push %ebx\n push %eax\n call kernel\n"
        "cli\n hlt\n"
        ".bss\n .align 16\n .skip 4096\n stack_top:\n");

typedef unsigned int u32;
static unsigned short *const screen = (unsigned short *)0xb8000;
static int place;

static void out(unsigned short port, unsigned char byte) { __asm__ volatile("outb %0, %1" : : "a"(byte), "Nd"(port)); }
static void put(char c) {
  out(0x3f8, (unsigned char)c);
  if (c == '\n') place = (place / 80 + 1) * 80;
  else screen[place++] = (unsigned short)(0x0700 | (unsigned char)c);
}
static void text(const char *s) { while (*s) put(*s++); }
static void number(u32 n) {
  if (n >= 10) number(n / 10);
  put((char)('0' + n % 10));
}
static u32 fibonacci(u32 n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }
static u32 twice(u32 n) { return n * 2; }
static u32 square(u32 n) { return n * n; }

void kernel(u32 magic, u32 *information) {
  static u32 (*const functions[])(u32) = {twice, square, fibonacci};
  int values[] = {42, -7, 19, 0, 1000, -300, 5};
  for (int i = 0; i < 2000; i++) screen[i] = 0x0720;
  text(magic == 0x2badb002 ? "magic\n" : "no magic\n");
  text(information[0] & 1 ? "memory is told\n" : "no memory\n");
  for (u32 i = 0; i < 3; i++) { number(functions[i](12)); put(' '); }
  for (int i = 0; i < 7; i++)
    for (int j = i + 1; j < 7; j++)
      if (values[j] < values[i]) { int t = values[i]; values[i] = values[j]; values[j] = t; }
  for (int i = 0; i < 7; i++) {
    put(i ? ',' : '\n');
    if (values[i] < 0) put('-');
    number((u32)(values[i] < 0 ? -values[i] : values[i]));
  }
  unsigned long long product = 0x123456789ull * 1000;
  put('\n');
  number((u32)(product >> 32)); put(':'); number((u32)product);
}
