    bash_completion.install "completions/ajo.bash" => "ajo"
    fish_completion.install "completions/ajo.fish"
    zsh_completion.install "completions/_ajo"
    man1.install Dir["man/*.1"]
