// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// Work without effort through two worker threads of Node, one message a piece: noop.js PIECES ROUND_TRIPS

const { Worker, isMainThread, parentPort } = require("node:worker_threads");

if (!isMainThread) {
    parentPort.on("message", (number) => parentPort.postMessage(number + 1));
} else {
    main(Number(process.argv[2]), Number(process.argv[3]));
}

function fail(text) {
    console.error(`noop.js: ${text}`);
    process.exit(1);
}

/** All pieces, 64 under way at any time; resolves to their sum. */
function all(workers, pieces) {
    return new Promise((resolve) => {
        let sent = 0;
        let received = 0;
        let sum = 0;
        const send = (worker) => {
            if (sent < pieces) worker.postMessage(++sent);
        };
        for (const worker of workers) {
            worker.removeAllListeners("message");
            worker.on("message", (answer) => {
                sum += answer;
                if (++received === pieces) resolve(sum);
                else send(worker);
            });
        }
        for (let index = 0; index < 64; index++) send(workers[index % workers.length]);
    });
}

function one(worker, number) {
    return new Promise((resolve) => {
        worker.removeAllListeners("message");
        worker.once("message", resolve);
        worker.postMessage(number);
    });
}

async function main(pieces, trips) {
    const workers = [new Worker(__filename), new Worker(__filename)];
    await all(workers, 1000);
    const began = process.hrtime.bigint();
    const sum = await all(workers, pieces);
    const time = Number(process.hrtime.bigint() - began);
    if (sum !== (pieces * (pieces + 3)) / 2) fail("a wrong sum");
    console.log(`workers\t${pieces / (time / 1e9)}`);
    const times = [];
    for (let number = 1; number <= trips; number++) {
        const start = process.hrtime.bigint();
        const answer = await one(workers[0], number);
        times.push(Number(process.hrtime.bigint() - start));
        if (answer !== number + 1) fail("a wrong answer");
    }
    console.log(`trip\t${times.join(" ")}`);
    for (const worker of workers) await worker.terminate();
}
