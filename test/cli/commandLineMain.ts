// The command line's process for the tests: bundled like a test, so that no build is needed first.
import '../../src/cli/main';
