// A Worker that makes calls on request: POST {name, settings, uid?, calls?}. Without a name it makes none.
import * as libraries from "clients.mjs";

const clients = {};

export default {
  async fetch(request) {
    const { name, settings, uid, calls } = await request.json();
    if (name === undefined) return new Response("nothing");
    clients[name] ??= await libraries[name](settings);
    if (uid === undefined) await clients[name].list();
    // Sequential, as in the other runtimes.
    for (let call = 0; call < calls; call += 1) await clients[name].get(uid);
    return new Response("done");
  },
};
