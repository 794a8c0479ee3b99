// How the guest is stepped, beyond what the debug protocol has: a request of this project's own, for the editor and for any other
// client.

/**
 * Request: from the next step on, shall a step into also show what the guest's instruction has not caused: the monitor's bookkeeping,
 * and interrupts that merely come by? The launch attribute of the same name says it for the beginning.
 */
export const stepIntoEverythingRequest = 'stepIntoEverything';

export interface StepIntoEverything {
  on: boolean;
}
