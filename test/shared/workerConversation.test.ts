// A conversation with a worker that answers, is silent, dies, or cannot be started.
import assert from 'node:assert/strict';
import { WorkerConversation, type WorkerEnd } from '../../src/shared/workerConversation';

interface Message {
  id: number;
  text: string;
}

/** Answers in capitals; `silence` is not answered, and `death` ends it. */
class Worker implements WorkerEnd<Message, Message> {
  stopped = false;
  private tell = (_: Message): void => {};
  private ended = (_: string): void => {};

  post({ id, text }: Message): void {
    setImmediate(() => {
      if (text === 'death') this.ended('it has died');
      else if (text !== 'silence') this.tell({ id, text: text.toUpperCase() });
    });
  }

  onMessage(listener: (message: Message) => void): void {
    this.tell = listener;
  }

  onEnd(listener: (reason: string) => void): void {
    this.ended = listener;
  }

  stop(): void {
    this.stopped = true;
    this.ended('it was stopped');
  }
}

describe('a conversation with a worker', () => {
  let started: Worker[];
  const conversation = (patienceMs?: number): WorkerConversation<Message, Message> => {
    started = [];
    return new WorkerConversation(async () => {
      const worker = new Worker();
      started.push(worker);
      return worker;
    }, patienceMs);
  };

  it('gives each question its answer, from one worker', async () => {
    const { ask } = { ask: (text: string) => talk.ask({ text }) };
    const talk = conversation();
    const answers = await Promise.all(['a', 'b', 'c'].map(ask));
    assert.deepEqual(
      answers.map(({ text }) => text),
      ['A', 'B', 'C'],
    );
    assert.equal(started.length, 1);
  });

  it('goes on with another worker after one has died', async () => {
    const talk = conversation();
    await assert.rejects(talk.ask({ text: 'death' }), /it has died/);
    assert.equal((await talk.ask({ text: 'x' })).text, 'X');
    assert.equal(started.length, 2);
  });

  it('refuses all questions that a worker has died over', async () => {
    const talk = conversation();
    const silent = talk.ask({ text: 'silence' });
    await assert.rejects(talk.ask({ text: 'death' }), /it has died/);
    await assert.rejects(silent, /it has died/);
  });

  it('gives up a worker that does not answer', async () => {
    const talk = conversation(20);
    await assert.rejects(talk.ask({ text: 'silence' }), /takes longer than 0.02 seconds/);
    assert.equal(started[0].stopped, true);
    assert.equal((await talk.ask({ text: 'y' })).text, 'Y');
  });

  it('tries again after a worker could not be started', async () => {
    let tries = 0;
    const talk = new WorkerConversation<Message, Message>(async () => {
      if (++tries === 1) throw new Error('no room');
      return new Worker();
    });
    await assert.rejects(talk.ask({ text: 'a' }), /no room/);
    assert.equal((await talk.ask({ text: 'a' })).text, 'A');
  });

  it('refuses what is under way when it is stopped', async () => {
    const talk = conversation();
    const silent = talk.ask({ text: 'silence' });
    await new Promise(resolve => setImmediate(resolve));
    talk.stop();
    await assert.rejects(silent, /stopped/);
  });
});
