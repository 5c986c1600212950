/* The floor: libclang loaded, one unit parsed with the given options and arguments, nothing asked of it.
   usage: bare_parse LIBCLANG OPTIONS MAIN_FILE_NAME TEXT_FILE ARGUMENT... */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

struct unsaved {
  const char *name, *contents;
  unsigned long length;
};

int main(int argc, char **argv) {
  setenv("LIBCLANG_NOTHREADS", "1", 1);
  void *clang = dlopen(argv[1], RTLD_NOW);
  if (!clang)
    return 2;
  void *(*create)(int, int) = (void *(*)(int, int))dlsym(clang, "clang_createIndex");
  int (*parse)(void *, const char *, const char *const *, int, struct unsaved *, unsigned, unsigned, void **) =
      (int (*)(void *, const char *, const char *const *, int, struct unsaved *, unsigned, unsigned, void **))dlsym(
          clang, "clang_parseTranslationUnit2");
  static char text[1 << 16];
  FILE *file = fopen(argv[4], "rb");
  struct unsaved unsaved = {argv[3], text, fread(text, 1, sizeof text, file)};
  void *unit = 0;
  int code = parse(create(0, 0), argv[3], (const char *const *)argv + 5, argc - 5, &unsaved, 1, atoi(argv[2]), &unit);
  _Exit(code || !unit);
}
