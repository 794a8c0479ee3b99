// The adapter's language thread, beside the adapter's process for the tests.
import '../../src/adapter/languageThread';
