/* The second part: what compilers make objects of. Tables of addresses, jump tables, common and weak symbols, constants. */
extern void print_character(int c);
extern int counter;
extern int twice(int value);
extern int shared_space[4];
extern char _end[], __bss_start[];
__attribute__((weak)) extern int absent(void);
__attribute__((weak)) int replaced(void) { return 1; }

int common_space[8];
static int zeroed[300];
static const char *const names[] = {"zero\n", "one\n", "two\n"};
static int (*operation)(int) = twice;

static void print(const char *text) {
  while (*text) print_character(*text++);
}

static void print_number(unsigned value) {
  if (value >= 10) print_number(value / 10);
  print_character('0' + value % 10);
}

static const char *describe(int value) {
  switch (value) {
    case 0: return "none ";
    case 1: return "single ";
    case 2: return "pair ";
    case 3: return "triple ";
    case 4: return "quartet ";
    case 5: return "quintet ";
    default: return "many ";
  }
}

int kmain(const char *message) {
  int first = counter;
  print(message);
  for (int index = 0; index < 3; index++) print(names[index]);
  for (int index = 0; index < 7; index++) print(describe(index));
  for (int index = 0; index < 300; index++) zeroed[index] += index;
  common_space[3] = operation(20) + twice(1);
  shared_space[2] = zeroed[299];
  print_number(first);
  print_character(' ');
  print_number(common_space[3]);
  print_character(' ');
  print_number(shared_space[2]);
  print_character(' ');
  print_number(replaced());
  print(absent ? " present" : " absent");
  print(_end > __bss_start && (char *)&zeroed[299] < _end ? " inside\n" : " outside\n");
  return common_space[3];
}
