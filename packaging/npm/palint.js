#!/usr/bin/env node
"use strict";
// Runs palint in a Python environment of its own, which the first run of a version makes in the user's cache folder.

const { spawnSync } = require("node:child_process");
const { existsSync, mkdirSync, renameSync, rmSync } = require("node:fs");
const { homedir } = require("node:os");
const { join } = require("node:path");

const { version } = require("./package.json");

const WINDOWS = process.platform === "win32";
const CACHE = process.env.XDG_CACHE_HOME || (WINDOWS && process.env.LOCALAPPDATA) || join(homedir(), ".cache");
const ENVIRONMENT = join(CACHE, "palint-npm", version);

// pip and palint must not import what the checked repository's PYTHONPATH names.
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("PYTHON")));

function fail(message) {
  console.error(`palint: ${message}`);
  process.exit(2);
}

function interpreter(environment) {
  return join(environment, WINDOWS ? "Scripts/python.exe" : "bin/python");
}

function isUsable(python) {
  const check = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))";
  return spawnSync(python, ["-I", "-c", check], { env, stdio: "ignore" }).status === 0;
}

function install() {
  const python = (process.env.PALINT_PYTHON ? [process.env.PALINT_PYTHON] : ["python3", "python"]).find(isUsable);
  if (python === undefined) {
    fail("needs Python 3.10 or newer with its module venv: install it, or name it in PALINT_PYTHON");
  }
  console.error(`palint: installing ${version} into ${ENVIRONMENT}`);
  mkdirSync(join(ENVIRONMENT, ".."), { recursive: true });
  const made = `${ENVIRONMENT}.${process.pid}`; // two first runs at a time do not meet
  const pip = ["-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"];
  const steps = [
    [python, ["-I", "-m", "venv", made]],
    [interpreter(made), [...pip, "--only-binary", ":all:", "-r", join(__dirname, "requirements.txt")]],
  ];
  for (const [program, args] of steps) {
    if (spawnSync(program, args, { env, stdio: ["ignore", 2, 2] }).status !== 0) {
      rmSync(made, { recursive: true, force: true });
      fail("the installation failed, see above");
    }
  }
  try {
    renameSync(made, ENVIRONMENT); // only `python -m` is run in it, which works from any place
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    if (!existsSync(interpreter(ENVIRONMENT))) throw error;
  }
}

if (!existsSync(interpreter(ENVIRONMENT))) install();
const args = ["-I", "-m", "palint", ...process.argv.slice(2)];
const { status, signal, error } = spawnSync(interpreter(ENVIRONMENT), args, { env, stdio: "inherit" });
if (error) fail(error.message);
if (signal) process.kill(process.pid, signal);
process.exit(status);
