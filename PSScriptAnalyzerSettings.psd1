@{
    # For Invoke-ScriptAnalyzer -Path . -Recurse -Settings ./PSScriptAnalyzerSettings.psd1
    Severity     = @('Error', 'Warning', 'Information')

    ExcludeRules = @(
        # Pester gives variables from one block to the next, which the rule does not see.
        'PSUseDeclaredVarsMoreThanAssignments'
    )

    Rules        = @{
        PSUseCompatibleSyntax        = @{
            Enable         = $true
            TargetVersions = @('7.6')
        }
        PSPlaceOpenBrace             = @{
            Enable             = $true
            OnSameLine         = $true
            NewLineAfter       = $true
            IgnoreOneLineBlock = $true
        }
        PSPlaceCloseBrace            = @{
            Enable             = $true
            NewLineAfter       = $true
            IgnoreOneLineBlock = $true
            NoEmptyLineBefore  = $true
        }
        PSUseConsistentIndentation   = @{
            Enable              = $true
            Kind                = 'space'
            IndentationSize     = 4
            PipelineIndentation = 'IncreaseIndentationForFirstPipeline'
        }
        PSUseConsistentWhitespace    = @{
            Enable                                  = $true
            CheckOpenBrace                          = $true
            CheckOpenParen                          = $true
            CheckOperator                           = $true
            CheckPipe                               = $true
            CheckSeparator                          = $true
            # The values of a table are aligned.
            IgnoreAssignmentOperatorInsideHashTable = $true
        }
        PSAvoidUsingCmdletAliases    = @{
            Enable = $true
        }
        PSAvoidTrailingWhitespace    = @{
            Enable = $true
        }
        PSUseCorrectCasing           = @{
            Enable = $true
        }
    }
}
