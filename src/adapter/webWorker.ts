// What runs in a browser's workers: the language service and the debug adapter, each answering its own messages.
import './languageWorker';
import './worker';
