#!/usr/bin/env node
// Drives linnet from Node: copy the class, and keep what you need.
//
// As a program it sends a text, waits until the peer has it, and prints the first answer:
//     Examples/linnet.mjs TO TEXT [OPTION OF LINNET ...]
// LINNET names the program (default: the one on the PATH).
import { spawn } from "node:child_process";
import { EventEmitter } from "node:events";
import { createInterface } from "node:readline";

/** An engine in a subprocess. Emits every event under its type, and "end" when the engine has gone. */
export class Linnet extends EventEmitter {
    #process;
    #lastID = 0;
    #calls = new Map();

    constructor(options = [], program = process.env.LINNET ?? "linnet") {
        super();
        this.#process = spawn(program, options, { stdio: ["pipe", "pipe", "inherit"] });
        createInterface({ input: this.#process.stdout }).on("line", (line) => this.#take(JSON.parse(line)));
        this.#process.on("close", () => {
            for (const call of this.#calls.values()) call.reject(new Error("the engine has ended"));
            this.emit("end");
        });
    }

    /** Gives a command; resolves to its answer, with the items of a list under "items". */
    call(cmd, fields = {}) {
        const id = ++this.#lastID;
        return new Promise((resolve, reject) => {
            this.#calls.set(id, { resolve, reject, items: [] });
            this.#process.stdin.write(JSON.stringify({ cmd, id, ...fields }) + "\n");
        });
    }

    /** Ends the input: the engine finishes what was asked, and goes. */
    close() {
        this.#process.stdin.end();
    }

    #take(line) {
        const call = this.#calls.get(line.id);
        if (!call) return this.emit(line.type, line);
        if (line.type === "item" || line.type === "progress") return call.items.push(line);
        this.#calls.delete(line.id);
        if (line.type === "ok") call.resolve({ ...line, items: call.items });
        else call.reject(Object.assign(new Error(line.text), { code: line.code, line }));
    }
}

const [to, text, ...options] = process.argv.slice(2);
if (text !== undefined) {
    const linnet = new Linnet(options);
    linnet.once("message", (message) => {
        console.log(message.text);
        linnet.close();
    });
    try {
        console.log((await linnet.call("message.send", { to, text, wait: "delivered" })).state);
    } catch (error) {
        console.error(`${error.code}: ${error.message}`);
        process.exitCode = 1;
        linnet.close();
    }
}
