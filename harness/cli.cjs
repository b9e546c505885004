#!/usr/bin/env node
'use strict';
// Old syntax on purpose: any Node can read this file, find one that runs httpdyno, and hand over to it.
var fs = require('fs');
var path = require('path');
var childProcess = require('child_process');

var source = path.join(__dirname, 'main.ts');
var built = path.join(__dirname, '..', 'dist', 'main.js');
var entry = fs.existsSync(source) ? source : built;

function isRecentEnough(version) {
  var parts = version.split('.');
  return Number(parts[0]) > 22 || (Number(parts[0]) === 22 && Number(parts[1]) >= 19);
}

if (isRecentEnough(process.versions.node)) {
  // Compiled code and stripped types are kept beside the libraries: half the CPU time of a start, and a sixth of its memory.
  require('module').enableCompileCache(path.join(__dirname, '..', 'node_modules', '.cache', 'httpdyno'));
  import(require('url').pathToFileURL(entry).href).catch(function (error) {
    process.stderr.write(String((error && error.stack) || error) + '\n');
    process.exit(70);
  });
} else {
  var exe = process.platform === 'win32' ? 'node.exe' : 'node';
  var local = path.join(__dirname, '..', 'node_modules', '.bin', exe);
  if (!fs.existsSync(local)) {
    process.stderr.write(
      'httpdyno needs Node 22.19 or later (this is ' +
        process.version +
        '): run `npm ci`, which brings one along.\n',
    );
    process.exit(2);
  }
  var child = childProcess.spawn(local, [__filename].concat(process.argv.slice(2)), { stdio: 'inherit' });
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(function (signal) {
    process.on(signal, function () {
      // The terminal already signals the whole foreground group on Ctrl-C; only what is sent to us alone is passed on.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  });
  child.on('exit', function (code, signal) {
    process.exit(signal === 'SIGINT' ? 130 : signal === 'SIGTERM' ? 143 : code === null ? 70 : code);
  });
}
