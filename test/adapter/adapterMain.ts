// The adapter's process for the tests that talk to it: bundled like a test, so that no build is needed first.
import '../../src/adapter/stdio';
