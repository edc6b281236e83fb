# Writes OUTPUT, a C++ file with the text of all FILES (paths relative to ROOT) as base/system.h's embedded_files().
set(content "#include \"base/system.h\"\nnamespace mote {\nstd::span<const EmbeddedFile> embedded_files() {\n  static const EmbeddedFile files[] = {\n")
foreach(file ${FILES})
  file(READ ${ROOT}/${file} text)
  string(APPEND content "    {\"${file}\", R\"~embed~(${text})~embed~\"},\n")
endforeach()
string(APPEND content "  };\n  return files;\n}\n}  // namespace mote\n")
file(WRITE ${OUTPUT} "${content}")
