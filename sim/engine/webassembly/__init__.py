"""The compiled engine for browsers: LLVM's text becomes a module of WebAssembly, by llvmlite alone.

What machine code is made of (`sim.engine.compiled.compiler.text_of`) is linked (`linking`), looked through for what
a browser has not, and emitted as an object for WebAssembly; the object of one module is laid out already, and lacks
no more than a list of what it offers (`wasm_object`). No linker is needed.
"""
