#include "broker/build/build.hpp"

#include "broker/build/source.hpp"
#include "compilers/build_key.hpp"
#include "compilers/content_hash.hpp"

namespace dragoman {

namespace {

constexpr unsigned builds_between_trims = 50;

bool is_under(const std::filesystem::path& file, const std::filesystem::path& folder) {
    return file.native().starts_with(folder.native() + "/");
}

bool says_disk_is_full(const BuildFailure& failure) {
    return failure.output.find("No space left on device") != std::string::npos ||
           failure.output.find("Disk quota exceeded") != std::string::npos;
}

}  // namespace

Workshop::Workshop(const Languages& all_languages, CommandRunner& command_runner, Builder::Options given)
    : languages(all_languages),
      runner(command_runner),
      options(std::move(given)),
      cache(options.cache),
      versions(std::make_shared<Versions>(runner, cache)),
      slots(options.cores) {}

void Workshop::tell(BuildEvent::Kind kind, const std::filesystem::path& script, const Language* language,
                    std::chrono::milliseconds took) const {
    if (options.on_event && !closed) options.on_event({kind, script, language, took});
}

void Workshop::warn(const std::string& message) const {
    if (options.warn && !closed) options.warn(message);
}

Build::Build(std::shared_ptr<Workshop> workshop, std::filesystem::path script, std::function<void(Built)> done)
    : workshop_(std::move(workshop)),
      script_(std::move(script)),
      done_(std::move(done)),
      began_(std::chrono::steady_clock::now()) {}

Build::~Build() {
    if (folder_ && !is_built_) workshop_->cache.discard(std::move(*folder_));
}

void Build::start() {
    if (const auto reason = why_no_script(script_); !reason.empty()) {
        return fail(BuildFailure::Kind::NoSuchFile, reason);
    }
    language_ = workshop_->languages.for_script(script_);
    if (!language_) {
        return fail(BuildFailure::Kind::UnknownLanguage, workshop_->languages.why_unknown(script_));
    }
    programs_ = find_programs(*language_);
    if (!programs_.missing.empty()) {
        std::string message = language_->title + " cannot be used:";
        for (const auto& need : programs_.missing) message += " " + missing_program(need);
        return fail(BuildFailure::Kind::MissingProgram, message);
    }
    values_ = language_values(*language_, programs_.paths);
    add_script(values_, script_);
    if (!language_->compiles()) {
        auto argv = expand(language_->run.command, values_);
        if (resolve(argv)) finish(runnable(std::move(argv)));
        return;
    }
    workshop_->versions->ask(*language_, programs_, [self = shared_from_this()](const std::string& version) {
        if (!self->workshop_->closed) self->look_up(version);
    });
}

void Build::look_up(const std::string& version) {
    const auto source = bytes_of_file(script_);
    if (!source) return fail(BuildFailure::Kind::NoSuchFile, "cannot be read");
    source_hash_ = hash_of(*source);
    key_ = build_key(*language_, script_, *source, programs_.paths, version);
    if (auto cached = workshop_->cache.find(key_)) {
        folder_ = std::make_shared<BuildFolder>(std::move(cached->folder));
        is_built_ = true;
        from_cache_ = true;
        dependencies_ = std::move(cached->record.dependencies);
        add_build(values_, folder_->path);
        return finish(runnable(std::move(cached->record.argv)));
    }
    if (!workshop_->slots.has_free()) workshop_->tell(BuildEvent::Kind::Queued, script_, language_);
    workshop_->slots.take([self = shared_from_this()] {
        self->has_slot_ = true;
        self->compile();
    });
}

void Build::compile() {
    workshop_->tell(BuildEvent::Kind::Compiling, script_, language_);
    compile_in(workshop_->cache.new_folder(key_));
    if (folder_ && !folder_->is_cached && !workshop_->options.cache.empty()) {
        workshop_->warn("the cache " + workshop_->options.cache.string() +
                        " cannot be written: what is compiled is not kept");
    }
}

void Build::compile_in(std::optional<BuildFolder> folder) {
    if (!folder) {
        return fail(BuildFailure::Kind::NoBuildFolder, "there is no folder to compile in: neither the cache " +
                                                           workshop_->options.cache.string() +
                                                           " nor the temporary folder can be written");
    }
    folder_ = std::make_shared<BuildFolder>(std::move(*folder));
    add_build(values_, folder_->path);
    first_failure_.reset();
    compiling_since_ = file_time_now();
    attempt(0);
}

void Build::attempt(std::size_t number) {
    auto command = command_for(number);
    if (!command) return;
    auto ended = [self = shared_from_this(), number, command = *command](const CommandResult& result) {
        if (!self->workshop_->closed) self->attempt_ended(number, command, result);
    };
    workshop_->runner.run(std::move(*command), std::move(ended));
}

void Build::attempt_ended(std::size_t number, const Command& command, const CommandResult& result) {
    if (result.succeeded()) {
        auto argv = run_command(result);
        if (argv && resolve(*argv)) compiled(std::move(*argv));
        return;
    }
    if (!first_failure_) first_failure_ = compile_error(command, result);
    const bool is_last = language_->compile_script || number + 1 >= language_->compile.commands.size();
    if (!is_last) return attempt(number + 1);
    if (folder_->is_cached && says_disk_is_full(*first_failure_)) {
        workshop_->warn("the cache " + workshop_->options.cache.string() +
                        " has no space left: compiling in the temporary folder");
        workshop_->cache.discard(std::move(*folder_));
        folder_.reset();
        return compile_in(workshop_->cache.new_temporary_folder());
    }
    finish(std::move(*first_failure_));
}

void Build::compiled(std::vector<std::string> argv) {
    is_built_ = true;
    publish(argv);
    finish(runnable(std::move(argv)));
}

void Build::publish(const std::vector<std::string>& argv) {
    const auto files = dependencies_in_depfile();
    auto dependencies = record_dependencies(files, compiling_since_);
    const bool is_as_it_was = dependencies && hash_of_file(script_) == source_hash_;
    if (dependencies) {
        dependencies_ = std::move(*dependencies);
    } else {
        for (const auto& file : files) dependencies_.push_back({file, {}, {}});
    }
    // Saved while it was compiled: what came of it runs, but nobody may find it under this key.
    if (!is_as_it_was || !folder_->is_cached) return;
    if (!workshop_->cache.publish(key_, *folder_, {"", argv, dependencies_, file_time_now(), 0})) {
        workshop_->warn("the cache " + workshop_->options.cache.string() + " cannot be written");
    }
    if (workshop_->published++ % builds_between_trims == 0) workshop_->cache.trim();
}

std::vector<std::filesystem::path> Build::dependencies_in_depfile() const {
    if (language_->compile.depfile.empty()) return {};
    const auto file = folder_->path / expand(language_->compile.depfile, values_);
    const auto text = bytes_of_file(file);
    if (!text)
        workshop_->warn(language_->manifest().string() + ": compile.depfile: " + file.string() + " was not written");
    auto files = parse_depfile(text.value_or(""), folder_->path);
    std::erase_if(files, [&](const auto& each) { return each == script_ || is_under(each, folder_->path); });
    return files;
}

Runnable Build::runnable(std::vector<std::string> argv) const {
    Runnable runnable;
    runnable.script = script_;
    runnable.language = language_;
    runnable.argv = std::move(argv);
    runnable.cwd = script_.parent_path();
    runnable.channel = language_->run.channel;
    for (const auto& [key, value] : language_->run.environment) runnable.environment[key] = expand(value, values_);
    for (const auto& path : expand(language_->run.reads, values_)) runnable.reads.emplace_back(path);
    for (const auto& dependency : dependencies_) {
        if (is_under(dependency.file, "/usr") || is_under(dependency.file, language_->client)) continue;
        runnable.dependencies.push_back(dependency.file);
    }
    if (folder_) runnable.build = folder_->path;
    runnable.hold = folder_;
    runnable.from_cache = from_cache_;
    return runnable;
}

void Build::fail(BuildFailure::Kind kind, std::string message) { finish(failure(kind, std::move(message))); }

void Build::finish(Built built) {
    const auto self = shared_from_this();  // done_ may let go of it
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began_);
    if (auto* runnable = std::get_if<Runnable>(&built)) {
        runnable->build_time = took;
        if (from_cache_) workshop_->tell(BuildEvent::Kind::Cached, script_, language_, took);
        if (has_slot_) workshop_->tell(BuildEvent::Kind::Done, script_, language_, took);
    } else {
        workshop_->tell(BuildEvent::Kind::Failed, script_, language_, took);
    }
    if (std::exchange(has_slot_, false)) workshop_->slots.give_back();
    if (!workshop_->closed) std::exchange(done_, nullptr)(std::move(built));
}

}  // namespace dragoman
